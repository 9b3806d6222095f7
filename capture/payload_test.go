package capture

import (
	"encoding/binary"
	"testing"
	"time"
)

// TestPayloadAndChecksum: a segment's payload and its checksum, over both
// families, whole and cut short.
func TestPayloadAndChecksum(t *testing.T) {
	for _, data := range [][]byte{
		ethernet(ipv4(6, 0, nil, tcpSegment(PSH|ACK, nil, 9)), 0x0800),
		ethernet(ipv4(6, 0, []byte{1, 1, 1, 1}, tcpSegment(PSH|ACK, []byte{1, 1, 1, 1}, 9)), 0x8100, 0x0800),
		ethernet(ipv6(6, tcpSegment(PSH|ACK, nil, 9)), 0x86dd),
	} {
		f := frame(data)
		s, err := Decode(time.Time{}, f)
		if err != nil || s.Len != 9 {
			t.Fatal(s.Len, err)
		}
		if p := Payload(f); len(p) != 9 || &p[0] != &data[len(data)-9] {
			t.Errorf("payload % x", p)
		}
		at, end, sum := locate(f)
		put := func(v uint16) { binary.BigEndian.PutUint16(data[at+16:], v) }
		put(fold(sum + protoTCP + uint32(end-at)))
		if c := ChecksumOf(f); c != ChecksumPartial {
			t.Errorf("left for the card: %d", c)
		}
		short := Frame{Link: f.Link, Data: data[:len(data)-4], Wire: f.Wire}
		if c := ChecksumOf(short); c != ChecksumPartial {
			t.Errorf("left for the card, cut short: %d", c)
		}
		put(0)
		put(^fold(sum + protoTCP + uint32(end-at) + uint32(fold(sumOf(data[at:end])))))
		if c := ChecksumOf(f); c != ChecksumGood {
			t.Errorf("right: %d", c)
		}
		if c, p := ChecksumOf(short), Payload(short); c != ChecksumUnknown || len(p) != 5 {
			t.Errorf("cut short: %d, % x", c, p)
		}
		data[len(data)-1] ^= 1
		if c := ChecksumOf(f); c != ChecksumBad {
			t.Errorf("wrong: %d", c)
		}
		for n := range data {
			cut := Frame{Link: f.Link, Data: data[:n], Wire: n}
			if _, err := Decode(time.Time{}, cut); err != nil && len(Payload(cut)) > 0 {
				t.Errorf("a payload in %d octets of no segment", n)
			}
			ChecksumOf(cut)
		}
	}
}
