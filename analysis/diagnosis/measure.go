package diagnosis

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// What to do to know more. Each names the one measurement that separates the
// causes that are left.

// askKernel is to ask the kernel of a side why it sends RSTs: what it does not
// tell of, somebody else sent.
func (x *examiner) askKernel(side int) Measure {
	return Measure{What: fmt.Sprintf("watch tcp_send_reset on the %s's host (Linux 6.10 or later), which names the reason; "+
		"a RST that it does not tell of was sent by something between", survey.SideName(side)),
		Command: "echo 1 | sudo tee /sys/kernel/tracing/events/tcp/tcp_send_reset/enable && sudo cat /sys/kernel/tracing/trace_pipe"}
}

// captureAt is to capture on the host of a side as well.
func (x *examiner) captureAt(side int, tells string) Measure {
	peer := x.Connection.Sides[1-side].Addr
	own := x.Connection.Sides[side].Addr
	port := own.Port()
	if side == Client {
		port = peer.Port()
	}
	return Measure{What: fmt.Sprintf("capture on the %s's host at the same time: %s", survey.SideName(side), tells),
		Command: fmt.Sprintf("sudo tcpdump -ni any -w %s.pcap 'tcp port %d and host %s'", survey.SideName(side), port, peer.Addr().Unmap().WithZone(""))}
}

// listening is to look whether somebody listens on the server's port.
func (x *examiner) listening() Measure {
	return Measure{What: "on the server's host look whether a program listens on that port, on that address",
		Command: fmt.Sprintf("ss -ltnp 'sport = :%d'", x.Connection.Sides[Server].Addr.Port())}
}

// roundTrip is how long the handshake took, 0 if it was not captured.
func (x *examiner) roundTrip() (rtt int64) {
	syn, answer := x.sides[Client].syn, x.sides[Server].syn
	if syn == nil || answer == nil || !answer.Flags.Has(capture.ACK) {
		return 0
	}
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.Src == syn.Src && s.ID > answer.ID && !s.Flags.Has(capture.SYN) && !s.ICMP.Is() {
			return int64(s.Time.Sub(syn.Time))
		}
	}
	return int64(answer.Time.Sub(syn.Time))
}
