package capture

import (
	"net/netip"
	"testing"
)

func TestICMPString(t *testing.T) {
	four, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	for want, m := range map[string]ICMP{
		"ICMP port unreachable (3/3)":           {From: four, Type: 3, Code: 3},
		"ICMP prohibited (3/13)":                {From: four, Type: 3, Code: 13},
		"ICMP unreachable (3/77)":               {From: four, Type: 3, Code: 77},
		"ICMP parameter problem (12/0)":         {From: four, Type: 12},
		"ICMP error (200/1)":                    {From: four, Type: 200, Code: 1},
		"ICMPv6 port unreachable (1/4)":         {From: six, Type: 1, Code: 4},
		"ICMPv6 packet too big (2/0)":           {From: six, Type: 2},
		"ICMPv6 address unreachable (1/3)":      {From: six, Type: 1, Code: 3},
		"ICMPv6 reassembly time exceeded (3/1)": {From: six, Type: 3, Code: 1},
	} {
		if got := m.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
