package capture

import (
	"errors"
	"testing"
	"time"
)

// TestDecodeICMPQuotes: an error about a segment is one of ours, about a ping it
// is not.
func TestDecodeICMPQuotes(t *testing.T) {
	unreachable := []byte{3, 1, 0, 0, 0, 0, 0, 0}
	unreachable6 := []byte{1, 3, 0, 0, 0, 0, 0, 0}
	four := func(proto byte) []byte {
		return ethernet(ipv4(protoICMP, 0, nil, append(unreachable, ipv4(proto, 0, nil, tcpSegment(SYN, nil, 0))...)), 0x0800)
	}
	six := func(proto byte) []byte {
		return ethernet(ipv6(protoICMPv6, append(unreachable6, ipv6(proto, tcpSegment(SYN, nil, 0))...)), 0x86dd)
	}
	for _, tt := range []struct {
		name string
		data []byte
		want error
	}{
		{"IPv4 segment", four(protoTCP), nil},
		{"IPv4 ping", four(protoICMP), ErrNotTCP},
		{"IPv4 datagram of UDP", four(17), ErrNotTCP},
		{"IPv6 segment", six(protoTCP), nil},
		{"IPv6 ping", six(protoICMPv6), ErrNotTCP},
	} {
		s, err := Decode(time.Time{}, frame(tt.data))
		if !errors.Is(err, tt.want) || err == nil && (!s.ICMP.Is() || s.Seq != 0x01020304) {
			t.Errorf("%s: %+v, %v, want %v", tt.name, s, err, tt.want)
		}
		var b Brief
		if err := Look(&b, LinkEthernet, tt.data, len(tt.data)); !errors.Is(err, tt.want) {
			t.Errorf("%s: Look gives %v, want %v", tt.name, err, tt.want)
		}
	}
}
