package faults

import (
	"testing"

	"github.com/rstwatch/rstwatch/scenario"
)

// TestRecognise: an error is known by its names, and in the lines in which
// people meet it.
func TestRecognise(t *testing.T) {
	for line, want := range map[string]scenario.Fault{
		"ECONNRESET":                          scenario.ECONNRESET,
		"econnreset":                          scenario.ECONNRESET,
		" syscall.EPIPE\n":                    scenario.EPIPE,
		"io.EOF":                              scenario.EOF,
		"eof":                                 scenario.EOF,
		"deadline":                            scenario.Deadline,
		"Closed":                              scenario.Closed,
		"other":                               scenario.Other,
		"os.ErrDeadlineExceeded":              scenario.Deadline,
		"Use of closed network connection":    scenario.Closed,
		"unexpected EOF":                      scenario.UnexpectedEOF,
		"socket is not connected":             scenario.ENOTCONN,
		"permission denied":                   "EACCES",
		"can't assign requested address":      "EADDRNOTAVAIL",
		"http: server closed idle connection": scenario.EOF,
		"read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer":                                          scenario.ECONNRESET,
		"2026/11/21 07:00:00 http: TLS handshake error from 10.0.0.1:5: EOF":                                             scenario.EOF,
		`Get "https://example.com/eof": dial tcp [::1]:443: connect: connection refused`:                                 scenario.ECONNREFUSED,
		`Post "http://h/": read tcp 1.2.3.4:5->6.7.8.9:10: i/o timeout (Client.Timeout exceeded while awaiting headers)`: scenario.Deadline,
		"net/http: request canceled (Client.Timeout exceeded while awaiting headers)":                                    scenario.Deadline,
		"net/http: request canceled": scenario.Canceled,
		`read(5, 0xc000114000, 4096) = -1 ECONNRESET (Connection reset by peer)`: scenario.ECONNRESET,
		"reading the body: unexpected EOF":                                       scenario.UnexpectedEOF,
		"ConnectionRefusedError: [Errno 111] Connection refused":                 scenario.ECONNREFUSED,
		"connection reset by peer, then: write: broken pipe":                     scenario.EPIPE,
		"broken pipe\x1b[31m":                                                    scenario.EPIPE,
	} {
		if g, ok := Recognise(line); !ok || g.Fault != want {
			t.Errorf("Recognise(%q) = %q, %v, not %q", line, g.Fault, ok, want)
		}
	}
	for _, line := range []string{"", "all is well", "the door was closed", "one deadline of many", "geofence", "EOFX", "proof of EOFs", "GETEOF_1"} {
		if g, ok := Recognise(line); ok {
			t.Errorf("Recognise(%q) = %s", line, g.Fault)
		}
	}
}

// TestFind takes names only, no lines.
func TestFind(t *testing.T) {
	if g, ok := Find("broken pipe"); !ok || g.Fault != scenario.EPIPE {
		t.Errorf("Find = %s, %v", g.Fault, ok)
	}
	for _, name := range []string{"", "write: broken pipe", "EPIPES"} {
		if g, ok := Find(name); ok {
			t.Errorf("Find(%q) = %s", name, g.Fault)
		}
	}
}
