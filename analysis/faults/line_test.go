package faults

import (
	"net/netip"
	"testing"
)

// TestReadLine: who is who in an error that Go has printed.
func TestReadLine(t *testing.T) {
	at := netip.MustParseAddrPort
	none := netip.AddrPort{}
	for line, want := range map[string]Line{
		"read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer": {"read", at("10.0.3.7:51234"), at("10.0.9.2:443")},
		`Get "http://[::1]:1/": dial tcp [::1]:1: connect: connection refused`:  {"dial", none, at("[::1]:1")},
		"accept tcp 0.0.0.0:80: use of closed network connection":               {"accept", at("0.0.0.0:80"), none},
		`Post "http://h": readfrom tcp 1.2.3.4:5->6.7.8.9:10: write tcp 1.2.3.4:5->6.7.8.9:10: write: broken pipe`: {
			"write", at("1.2.3.4:5"), at("6.7.8.9:10")},
		"write tcp6 [fe80::1%eth0]:5->[fe80::2%eth0]:6: i/o timeout": {"write", at("[fe80::1%eth0]:5"), at("[fe80::2%eth0]:6")},
	} {
		if got, ok := ReadLine(line); !ok || got != want {
			t.Errorf("ReadLine(%q) = %+v, %v", line, got, ok)
		}
	}
	for _, line := range []string{"", "broken pipe", "read tcp nowhere:1: broken pipe", "spread tcp 1.2.3.4:5: EOF",
		"read tcp 1.2.3.4:99999->5.6.7.8:99999: EOF"} {
		if got, ok := ReadLine(line); ok {
			t.Errorf("ReadLine(%q) = %+v", line, got)
		}
	}
}
