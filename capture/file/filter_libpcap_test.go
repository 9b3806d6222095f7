//go:build cgo && !purego && (linux || darwin)

package file

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// segmentTo is the IPv4 header and the TCP header of a segment to a port.
func segmentTo(port byte) []byte {
	b := make([]byte, 40)
	b[0], b[3], b[8], b[9], b[32] = 0x45, 40, 64, 6, 5<<4
	copy(b[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	b[23] = port
	return b
}

// A filter fits packets of each link type, in one file too; and what is on the
// wire counts, not what was kept.
func TestFilter(t *testing.T) {
	f, err := NewFilter("tcp port 80 and greater 100")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		link  capture.LinkType
		front []byte
	}{
		{capture.LinkEthernet, slices.Concat(make([]byte, 12), []byte{8, 0})},
		{capture.LinkRaw, nil},
		{capture.LinkIPv4, nil},
		{capture.LinkNull, []byte{2, 0, 0, 0}},
		{capture.LinkCooked, slices.Concat(make([]byte, 14), []byte{8, 0})},
		{capture.LinkCooked2, slices.Concat([]byte{8, 0}, make([]byte, 18))},
		{capture.LinkEthernet, slices.Concat(make([]byte, 12), []byte{8, 0})},
	} {
		for _, port := range []byte{80, 81} {
			for _, wire := range []int{99, 100} {
				p := Packet{Link: tt.link, Data: slices.Concat(tt.front, segmentTo(port)), Wire: wire}
				got, err := f.Match(&p)
				if want := port == 80 && wire == 100; err != nil || got != want {
					t.Errorf("link type %d, port %d, %d on the wire: %v, %v", tt.link, port, wire, got, err)
				}
			}
		}
	}
	if got, err := f.Match(&Packet{Link: capture.LinkRaw}); got || err != nil {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}

// What no link type knows is refused at once, what one does not know when a
// packet of it comes.
func TestFilterRefused(t *testing.T) {
	for expression, want := range map[string]string{
		"port":            "syntax error",
		"tcp and (":       "syntax error",
		"ip proto nosuch": "nosuch",
		"port 70000":      "70000",
	} {
		f, err := NewFilter(expression)
		if f != nil || !errors.As(err, new(*FilterError)) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", expression, err)
		}
	}
	f, err := NewFilter("ether host 02:00:00:00:00:01")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Match(&Packet{Link: capture.LinkRaw, Data: segmentTo(80)}); !errors.As(err, new(*FilterError)) {
		t.Errorf("%v", err)
	}
	if _, err := NewFilter("ifindex 1"); err != nil { // cooked, second version, alone
		t.Errorf("%v", err)
	}
}

func BenchmarkFilter(b *testing.B) {
	f, err := NewFilter("port 443")
	if err != nil {
		b.Fatal(err)
	}
	p := Packet{Link: capture.LinkRaw, Data: segmentTo(80), Wire: 40}
	b.ReportAllocs()
	for b.Loop() {
		if ok, err := f.Match(&p); ok || err != nil {
			b.Fatal(ok, err)
		}
	}
}
