package redact

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// TestFrame: of each kind of frame what is left tells the same of the segment,
// and has none of the secrets.
func TestFrame(t *testing.T) {
	for name, f := range frames() {
		t.Run(name, func(t *testing.T) {
			got := check(t, f)
			if !bytes.Contains(f.Data, []byte("SEC")) {
				t.Fatal("there is no secret in it")
			}
			for _, part := range []string{"SE", "EC", "CR", "RE", "ET", "TS", "SECRE1", "TECRE2"} {
				if bytes.Contains(got.Data, []byte(part)) {
					t.Errorf("%q is left in % x", part, got.Data)
				}
			}
		})
	}
}

// check redacts a frame and holds what must be so of any.
func check(t *testing.T, f capture.Frame) capture.Frame {
	t.Helper()
	before := slices.Clone(f.Data)
	r := New()
	got, err := r.Frame(f)
	if err != nil {
		t.Fatal(err)
	}
	got.Data = slices.Clone(got.Data)
	if !bytes.Equal(before, f.Data) {
		t.Error("the frame itself was changed")
	}
	want, err := capture.Decode(time.Time{}, f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := capture.Decode(time.Time{}, got)
	if err != nil {
		t.Fatalf("what is left can not be read: %v: % x", err, got.Data)
	}
	want.Frame, s.Frame = capture.Frame{}, capture.Frame{}
	want.Src, want.Dst = netip.AddrPortFrom(r.Addr(want.Src.Addr()), want.Src.Port()), netip.AddrPortFrom(r.Addr(want.Dst.Addr()), want.Dst.Port())
	if want.ICMP.Is() {
		want.ICMP.From, want.ICMP.To = r.Addr(want.ICMP.From), r.Addr(want.ICMP.To)
	}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("what is left is\n%+v, want\n%+v", s, want)
	}
	if got.Wire != max(f.Wire, len(f.Data)) || got.Link != f.Link || len(got.Data) != len(f.Data) {
		t.Errorf("%d octets of %d, link %d; was %d of %d", len(got.Data), got.Wire, got.Link, len(f.Data), f.Wire)
	}
	stable(t, f, got)
	return got
}

// stable holds that a second redaction changes nothing, and that what became
// zeros leaves no trace: another payload gives the same octets.
func stable(t *testing.T, f, got capture.Frame) {
	t.Helper()
	again, err := New().Frame(got)
	if err != nil || !bytes.Equal(again.Data, got.Data) {
		t.Errorf("redacted twice: %v\n% x, once\n% x", err, again.Data, got.Data)
	}
	other := capture.Frame{Link: f.Link, Data: slices.Clone(f.Data), Wire: f.Wire}
	headers, err := New().redact(f)
	if err != nil {
		t.Fatal(err)
	}
	for i := headers; i < len(other.Data); i++ {
		other.Data[i] ^= 0x5a
	}
	if s, err := capture.Decode(time.Time{}, other); err != nil {
		t.Fatal(s, err)
	}
	if again, err = New().Frame(other); err != nil || !bytes.Equal(again.Data, got.Data) {
		t.Errorf("another payload, %v, gives\n% x, not\n% x", err, again.Data, got.Data)
	}
}

// TestFrameRefuses: what holds no segment has no redacted form.
func TestFrameRefuses(t *testing.T) {
	r := New()
	for _, f := range []capture.Frame{
		whole(capture.LinkRaw, ipv4(17, nil, secret)),
		whole(capture.LinkRaw),
		whole(105, ipv4(6, nil, tcp(capture.SYN))),
	} {
		got, err := r.Frame(f)
		if _, want := capture.Decode(time.Time{}, f); err == nil || err != want || len(got.Data) > 0 {
			t.Errorf("%+v, %v, want %v", got, err, want)
		}
	}
}

// TestChecksums: those of IP are right, and those of what follows.
func TestChecksums(t *testing.T) {
	r := New()
	bare := tcp(capture.RST | capture.ACK)
	bare = bare[:len(bare)-len(secret)]
	four, err := r.Frame(whole(capture.LinkRaw, ipv4(6, []byte("\x07\x07SECRET"), bare)))
	if err != nil {
		t.Fatal(err)
	}
	h := slices.Clone(four.Data)
	pseudo := slices.Concat(h[12:20], []byte{0, 6, 0, byte(len(bare))}, h[28:])
	if ones(h[:28]) != 0xffff || ones(pseudo) != 0xffff {
		t.Errorf("IPv4: %#x and %#x, want 0xffff", ones(h[:28]), ones(pseudo))
	}
	six, err := r.Frame(whole(capture.LinkRaw, ipv6(6, bare)))
	if err != nil {
		t.Fatal(err)
	}
	h = six.Data
	pseudo = slices.Concat(h[8:40], []byte{0, 0, 0, byte(len(bare)), 0, 0, 0, 6}, h[40:])
	if ones(pseudo) != 0xffff {
		t.Errorf("IPv6: %#x, want 0xffff", ones(pseudo))
	}
	f := frames()["an ICMPv6 error"]
	icmp, err := r.Frame(f)
	if err != nil {
		t.Fatal(err)
	}
	h = icmp.Data[14:]
	pseudo = slices.Concat(h[8:40], []byte{0, 0, h[4], h[5], 0, 0, 0, 58}, h[40:])
	if ones(pseudo) != 0xffff {
		t.Errorf("ICMPv6: %#x, want 0xffff", ones(pseudo))
	}
}

// ones is the ones' complement sum of b (RFC 1071).
func ones(b []byte) uint16 {
	var s uint32
	for i := 0; i < len(b); i += 2 {
		s += uint32(binary.BigEndian.Uint16(append(slices.Clone(b[i:min(i+2, len(b))]), 0)))
		s = s&0xffff + s>>16
	}
	return uint16(s)
}

// TestAddr: the same address is the same one everywhere, and stays what it is.
func TestAddr(t *testing.T) {
	r := New()
	f, err := r.Frame(frames()["an ICMP error"])
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := capture.Decode(time.Time{}, f); got.ICMP.From.String() != "10.0.0.1" || got.ICMP.To != got.Src.Addr() {
		t.Errorf("an ICMP error from %v to %v about %v", got.ICMP.From, got.ICMP.To, got.Src)
	}
	for _, tt := range []struct{ from, want string }{
		{"83.69.67.51", "10.0.0.1"}, // SEC3, the router that sent the error
		{"192.0.2.1", "10.0.0.4"},
		{"192.0.2.1", "10.0.0.4"},
		{"10.0.0.1", "10.0.0.5"},
		{"127.0.0.53", "127.0.0.1"},
		{"127.0.0.1", "127.0.0.2"},
		{"0.0.0.0", "0.0.0.0"},
		{"255.255.255.255", "255.255.255.255"},
		{"224.0.0.251", "239.0.0.1"},
		{"2001:db8::7", "fd00::1"},
		{"::1", "::1"},
		{"::", "::"},
		{"fe80::2ff:1:2:3", "fe80::1"},
		{"ff02::fb", "ff15::1"},
		{"::ffff:192.0.2.1", "fd00::2"},
		{"2001:db8::7", "fd00::1"},
	} {
		if got := r.Addr(netip.MustParseAddr(tt.from)); got.String() != tt.want {
			t.Errorf("%s becomes %v, want %s", tt.from, got, tt.want)
		}
	}
	if got := r.Addr(netip.Addr{}); got.IsValid() {
		t.Errorf("no address becomes %v", got)
	}
}

// TestAddressesSpent: where no other address is left, the frame is refused, and
// no address is shared.
func TestAddressesSpent(t *testing.T) {
	r := New()
	r.addresses.next[host4] = 1<<24 - 3
	if got := r.Addr(netip.MustParseAddr("192.0.2.1")); got.String() != "10.255.255.254" {
		t.Errorf("the last one is %v", got)
	}
	if got := r.Addr(netip.MustParseAddr("192.0.2.2")); got.IsValid() {
		t.Errorf("one more is %v", got)
	}
	if got, err := r.Frame(frames()["loopback"]); err != ErrAddresses || got.Data != nil {
		t.Errorf("a frame after that: %+v, %v", got, err)
	}
}

func TestFrameAllocatesNothing(t *testing.T) {
	r := New()
	f := frames()["IPv4, a trailer"]
	if n := testing.AllocsPerRun(100, func() {
		if _, err := r.Frame(f); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a frame, want none", n)
	}
}

// FuzzFrame holds it of any frame. extra is how much longer it was on the wire.
func FuzzFrame(f *testing.F) {
	for _, fr := range frames() {
		f.Add(uint16(fr.Link), uint16(fr.Wire-len(fr.Data)), fr.Data)
	}
	f.Fuzz(func(t *testing.T, link, extra uint16, data []byte) {
		fr := capture.Frame{Link: capture.LinkType(link), Data: data, Wire: len(data) + int(extra)}
		_, err := capture.Decode(time.Time{}, fr)
		if err != nil {
			if got, again := New().Frame(fr); again != err || got.Data != nil {
				t.Fatalf("%v: %v, want %v", got, again, err)
			}
			return
		}
		check(t, fr)
	})
}
