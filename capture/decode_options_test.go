package capture

import (
	"encoding/binary"
	"testing"
	"time"
)

func TestDecodeOptions(t *testing.T) {
	ts := []byte{optTimestamps, 10, 0, 0, 1, 0, 0, 0, 2, 0}
	sack := func(blocks ...uint32) []byte {
		b := []byte{optSACK, byte(2 + 4*len(blocks))}
		for _, e := range blocks {
			b = binary.BigEndian.AppendUint32(b, e)
		}
		return b
	}
	join := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	timestamps := Options{HasTimestamps: true, TSVal: 256, TSEcr: 512}
	tests := []struct {
		name string
		raw  []byte
		want Options
	}{
		{"none", nil, Options{}},
		{"a Linux SYN", join([]byte{optMSS, 4, 255, 215, optSACKPermitted, 2}, ts, []byte{optNOP, optWindowScale, 3, 7}),
			Options{MSS: 65495, SACKPermitted: true, HasTimestamps: true, TSVal: 256, TSEcr: 512, HasScale: true, WindowScale: 7}},
		{"window scale 0", []byte{optWindowScale, 3, 0}, Options{HasScale: true}},
		{"window scale above 14", []byte{optWindowScale, 3, 200}, Options{HasScale: true, WindowScale: 14}},
		{"one SACK block", sack(1, 2), Options{SACKBlocks: 1, SACK: [4]Block{{1, 2}}}},
		{"four SACK blocks", sack(1, 2, 3, 4, 5, 6, 7, 8),
			Options{SACKBlocks: 4, SACK: [4]Block{{1, 2}, {3, 4}, {5, 6}, {7, 8}}}},
		{"a later SACK option stands", join(sack(1, 2, 3, 4), sack(9, 10)), Options{SACKBlocks: 1, SACK: [4]Block{{9, 10}}}},
		{"MPTCP", []byte{optMPTCP, 4, 0, 1}, Options{MPTCP: true}},
		{"unknown kinds are passed over", join([]byte{34, 2, 19, 18}, make([]byte, 16), ts), timestamps},
		{"nothing after the end", join([]byte{optEnd}, ts), Options{}},
		{"wrong length of a known kind", join([]byte{optMSS, 3, 9}, ts), timestamps},
		{"SACK of half a block", join([]byte{optSACK, 6, 1, 2, 3, 4}, ts), timestamps},
		{"length 0 stops", join(ts, []byte{optMSS, 0, 5, 180, optWindowScale, 3, 7}), timestamps},
		{"length 1 stops", join(ts, []byte{optMSS, 1, 5, 180, optWindowScale, 3, 7}), timestamps},
		{"length beyond the header stops", join(ts, []byte{optMPTCP, 200}), timestamps},
		{"a kind without a length stops", join([]byte{optNOP}, ts, []byte{optMPTCP}), timestamps},
	}
	for _, tt := range tests {
		s, err := Decode(time.Time{}, frame(ethernet(ipv4(6, 0, nil, tcpSegment(ACK, tt.raw, 3)), 0x0800)))
		if err != nil || s.Options != tt.want || s.Len != 3 {
			t.Errorf("%s: Len %d, options %+v, %v\nwant %+v", tt.name, s.Len, s.Options, err, tt.want)
		}
	}
}
