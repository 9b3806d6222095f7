// Package kernel holds what the kernel said: the third witness, as values.
//
// A [Signal] is one event of a kernel tracepoint: why an RST was sent, or
// which error a socket was given.
package kernel

import (
	"net/netip"
	"time"
)

// Signal is one kernel event about a TCP socket.
type Signal struct {
	ID            int
	Time          time.Time
	Kind          string         // the tracepoint: "tcp_send_reset", "inet_sk_error_report", …
	Local, Remote netip.AddrPort // from the socket's point of view
	Reason        string         // of an RST, in the words of enum sk_rst_reason, or ""
	Errno         string         // of an error report, such as "ECONNRESET", or ""
}
