package capture

import (
	"slices"
	"testing"
	"time"
)

// briefOf is what Look ought to make of a segment.
func briefOf(s *Segment) Brief {
	b := Brief{Src: s.Src.Addr().As16(), Dst: s.Dst.Addr().As16(), SrcPort: s.Src.Port(), DstPort: s.Dst.Port(),
		Seq: s.Seq, Ack: s.Ack, Window: uint16(s.Window), Len: int32(s.Len), Flags: s.Flags, TTL: s.TTL, IPID: s.IPID,
		Fragment: s.Fragment, V6: s.Src.Addr().Is6(), Quoted: s.ICMP.Is(), ICMPType: s.ICMP.Type, ICMPCode: s.ICMP.Code}
	if s.Flags.Has(SYN) || s.Flags.Has(RST) {
		b.HasScale, b.WindowScale = s.Options.HasScale, s.Options.WindowScale
		b.SACKPermitted, b.HasTimestamps = s.Options.SACKPermitted, s.Options.HasTimestamps
	}
	return b
}

// looksAlike fails unless Look and Decode agree about a frame. What an earlier
// frame has left behind must not shine through.
func looksAlike(t *testing.T, f Frame) {
	t.Helper()
	s, want := Decode(time.Time{}, f)
	b := Brief{Len: 7, Quoted: true, Fragment: true, V6: true, HasScale: true, WindowScale: 3, SACKPermitted: true,
		HasTimestamps: true, ICMPType: 3, ICMPCode: 4, IPID: 9}
	err := Look(&b, f.Link, f.Data, f.Wire)
	if err != want {
		t.Fatalf("link type %d, % x, %d on the wire: Look says %v, Decode %v", f.Link, f.Data, f.Wire, err, want)
	}
	b.Cut = false // a Segment does not say; see TestLookTellsWhatIsMissing
	if !b.Quoted {
		b.ICMPType, b.ICMPCode = 0, 0 // mean nothing
	}
	if err == nil && b != briefOf(&s) {
		t.Fatalf("link type %d, % x, %d on the wire: Look\n%+v\nDecode\n%+v", f.Link, f.Data, f.Wire, b, briefOf(&s))
	}
	if err == nil && (b.From() != s.Src || b.To() != s.Dst) {
		t.Fatalf("% x: from %v to %v, want %v and %v", f.Data, b.From(), b.To(), s.Src, s.Dst)
	}
}

// lookFrames are frames of each kind.
func lookFrames() []Frame {
	opts := []byte{optMSS, 4, 5, 180, optSACKPermitted, 2, optTimestamps, 10, 0, 0, 0, 1, 0, 0, 0, 2, optNOP, optWindowScale, 3, 20}
	syn, ack, rst := tcpSegment(SYN, opts, 0), tcpSegment(ACK, opts[6:], 9), tcpSegment(RST|ACK, opts[6:], 3)
	four, six := ipv4(6, 0, nil, syn), ipv6(6, rst)
	frames := []Frame{
		frame(ethernet(four, 0x0800)), frame(ethernet(six, 0x86dd)),
		frame(ethernet(ipv4(6, 0x4000, []byte{1, 1, 1, 1}, ack), 0x8100, 0x0800)),
		frame(ethernet(ipv4(6, 0x2000, nil, ack), 0x88a8, 0x8100, 0x0800)),
		frame(ethernet(ipv4(6, 3, nil, ack), 0x0800)),
		frame(ethernet(ipv4(17, 0, nil, ack), 0x0800)),
		frame(ethernet(ipv4(1, 0, nil, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, ipv4(6, 0, nil, ack)...)), 0x0800)),
		frame(ethernet(ipv6(58, append([]byte{1, 4, 0, 0, 0, 0, 0, 0}, ipv6(6, ack)...)), 0x86dd)),
		frame(ethernet(ipv6(0, append([]byte{6, 0, 0, 0, 0, 0, 0, 0}, syn...)), 0x86dd)),
		frame(ethernet(ipv6(44, append([]byte{6, 0, 0, 1, 0, 0, 0, 9}, ack...)), 0x86dd)),
		frame(ethernet(make([]byte, 28), 0x0806)),
		{Link: LinkNull, Data: append([]byte{2, 0, 0, 0}, four...)},
		{Link: LinkLoop, Data: append([]byte{0, 0, 0, 24}, six...)},
		{Link: LinkRaw, Data: four}, {Link: LinkIPv6, Data: six}, {Link: 105, Data: four},
		{Link: LinkCooked, Data: append([]byte{14: 0x08, 15: 0}, four...)},
		{Link: LinkCooked2, Data: append([]byte{0: 0x86, 1: 0xdd, 19: 0}, six...)},
	}
	big := patched(patched(ethernet(ipv4(6, 0, nil, ack), 0x0800), 16, 0), 17, 0)
	return append(frames, Frame{Link: LinkEthernet, Data: big, Wire: len(big) + 150000})
}

// TestLookAgreesWithDecode changes and cuts frames of each kind at each octet.
func TestLookAgreesWithDecode(t *testing.T) {
	for _, f := range lookFrames() {
		f.Wire = max(f.Wire, len(f.Data))
		looksAlike(t, f)
		for n := range f.Data {
			looksAlike(t, Frame{Link: f.Link, Data: f.Data[:n:n], Wire: f.Wire})
			looksAlike(t, Frame{Link: f.Link, Data: f.Data[:n:n], Wire: n})
			for _, v := range []byte{0, 1, 5, 0x45, 0x50, 0x60, 0xff} {
				looksAlike(t, Frame{Link: f.Link, Data: patched(f.Data, n, v), Wire: f.Wire})
			}
		}
	}
}

// TestLookTellsWhatIsMissing: padding behind the datagram is no payload.
func TestLookTellsWhatIsMissing(t *testing.T) {
	seg := tcpSegment(ACK, nil, 9)
	for name, data := range map[string][]byte{
		"IPv4": ethernet(ipv4(6, 0, nil, seg), 0x0800), "IPv6": ethernet(ipv6(6, seg), 0x86dd),
		"IPv6 with an extension": ethernet(ipv6(0, append([]byte{6, 0, 0, 0, 0, 0, 0, 0}, seg...)), 0x86dd),
	} {
		var b Brief
		if err := Look(&b, LinkEthernet, data, len(data)); err != nil || b.Cut {
			t.Errorf("%s: cut although whole, %v", name, err)
		}
		if err := Look(&b, LinkEthernet, append(data, 0, 0, 0), len(data)+3); err != nil || b.Cut {
			t.Errorf("%s: cut although padded, %v", name, err)
		}
		if err := Look(&b, LinkEthernet, data[:len(data)-1], len(data)); err != nil || !b.Cut || b.Len != 9 {
			t.Errorf("%s: one octet missing: %+v, %v", name, b, err)
		}
	}
}

func FuzzLook(f *testing.F) {
	for _, fr := range lookFrames() {
		f.Add(uint16(fr.Link), uint32(max(fr.Wire, len(fr.Data))), fr.Data)
	}
	f.Fuzz(func(t *testing.T, link uint16, wire uint32, data []byte) {
		looksAlike(t, Frame{Link: LinkType(link), Data: slices.Clip(data), Wire: int(wire & 0xffffff)})
	})
}

func TestLookAllocatesNothing(t *testing.T) {
	var b Brief
	for i, f := range lookFrames() {
		if n := testing.AllocsPerRun(100, func() { Look(&b, f.Link, f.Data, f.Wire) }); n != 0 {
			t.Errorf("frame %d: %v allocations, want none", i, n)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	opts := []byte{optNOP, optNOP, optTimestamps, 10, 0, 0, 0, 1, 0, 0, 0, 2}
	for name, f := range map[string]Frame{
		"IPv4": frame(ethernet(ipv4(6, 0, nil, tcpSegment(ACK, opts, 10)), 0x0800)),
		"IPv6": frame(ethernet(ipv6(6, tcpSegment(ACK, opts, 10)), 0x86dd)),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var brief Brief
			for b.Loop() {
				if err := Look(&brief, f.Link, f.Data, f.Wire); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
