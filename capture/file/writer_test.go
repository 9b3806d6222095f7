package file

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rstwatch/rstwatch/capture"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// A refused call must leave no trace: the blocks after it have to be found.
func TestWriterRefusesAndWritesNothing(t *testing.T) {
	ok := frame(capture.LinkEthernet, 60)
	short := ok
	short.Wire = 59
	now := epoch()
	tests := []struct {
		name string
		call func(*Writer) error
	}{
		{"no time", func(w *Writer) error { return w.Packet(time.Time{}, ok) }},
		{"before 1970", func(w *Writer) error { return w.Packet(time.Unix(-1, 0), ok) }},
		{"after 2262", func(w *Writer) error { return w.Packet(time.Unix(1<<34, 0), ok) }},
		{"longer than the snap length", func(w *Writer) error { return w.Packet(now, frame(1, 65)) }},
		{"shorter on the wire", func(w *Writer) error { return w.Packet(now, short) }},
		{"link type of 17 bits", func(w *Writer) error { return w.Packet(now, frame(1<<16, 60)) }},
		{"no fields", func(w *Writer) error { return w.Journal(nil) }},
		{"no stamp", func(w *Writer) error { return w.Journal([]Field{{"MESSAGE", "x"}}) }},
		{"stamp not first", func(w *Writer) error {
			return w.Journal(append([]Field{{"MESSAGE", "x"}}, entry(now)...))
		}},
		{"stamp not a number", func(w *Writer) error { return w.Journal([]Field{{RealtimeTimestamp, "now"}}) }},
		{"stamp with a newline", func(w *Writer) error { return w.Journal([]Field{{RealtimeTimestamp, "1\nA=b"}}) }},
		{"name in lower case", func(w *Writer) error { return w.Journal(entry(now, "message", "x")) }},
		{"name that forges", func(w *Writer) error { return w.Journal(entry(now, "A=b\nB", "x")) }},
		{"name of a digit", func(w *Writer) error { return w.Journal(entry(now, "1A", "x")) }},
		{"no name", func(w *Writer) error { return w.Journal(entry(now, "", "x")) }},
		{"name of 65", func(w *Writer) error { return w.Journal(entry(now, strings.Repeat("A", 65), "x")) }},
		{"entry of 16 MiB", func(w *Writer) error {
			return w.Journal(entry(now, "MESSAGE", strings.Repeat("x", maxBlock)))
		}},
		{"comments of 17 MiB", func(w *Writer) error {
			long := strings.Repeat("x", maxOption)
			return w.Packet(now, ok, strings.Split(strings.Repeat(long+" ", 272), " ")...)
		}},
		{"statistics without an end", func(w *Writer) error { return w.Stats(now, time.Time{}, capture.Stats{}) }},
		{"statistics from long ago", func(w *Writer) error { return w.Stats(time.Unix(-9, 0), now, capture.Stats{}) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			w, err := NewWriter(&out, Header{Link: capture.LinkEthernet, SnapLen: 64})
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.call(w); err == nil {
				t.Error("accepted")
			}
			if err := errors.Join(w.Packet(now, ok, "still here"), w.Flush()); err != nil {
				t.Fatal(err)
			}
			_, got, err := readAll(&out)
			if !errors.Is(err, io.EOF) || len(got) != 1 || got[0].Comments[0] != "still here" {
				t.Errorf("the file has %+v, then %v", got, err)
			}
		})
	}
}

func TestNewWriterRefuses(t *testing.T) {
	a := netip.MustParseAddr("127.0.0.1")
	for name, h := range map[string]Header{
		"negative snap length":   {SnapLen: -1},
		"snap length too long":   {SnapLen: maxFrame + 1},
		"link type too large":    {Link: 1 << 16},
		"a name with NUL":        {Names: map[netip.Addr][]string{a: {"x\x00y"}}},
		"an empty name":          {Names: map[netip.Addr][]string{a: {""}}},
		"an address without one": {Names: map[netip.Addr][]string{a: nil}},
		"no address":             {Names: map[netip.Addr][]string{{}: {"x"}}},
		"names too long":         {Names: map[netip.Addr][]string{a: {strings.Repeat("x", maxOption)}}},
	} {
		if _, err := NewWriter(io.Discard, h); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestPcapWriterRefuses(t *testing.T) {
	for _, bad := range []struct {
		link capture.LinkType
		snap int
	}{{1 << 16, 0}, {1, -1}, {1, maxFrame + 1}} {
		if _, err := NewPcapWriter(io.Discard, bad.link, bad.snap); err == nil {
			t.Errorf("link type %d, snap length %d: accepted", bad.link, bad.snap)
		}
	}
	w, err := NewPcapWriter(io.Discard, capture.LinkEthernet, 64)
	if err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"another link type": w.Packet(epoch(), frame(capture.LinkNull, 60)),
		"too long":          w.Packet(epoch(), frame(capture.LinkEthernet, 65)),
		"before 1970":       w.Packet(time.Unix(-1, 0), frame(capture.LinkEthernet, 60)),
		"after 2106":        w.Packet(time.Unix(1<<32, 0), frame(capture.LinkEthernet, 60)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestErrorsOfTheUnderlyingWriter(t *testing.T) {
	full := errors.New("disk full")
	w, err := NewWriter(failingWriter{full}, Header{Link: capture.LinkEthernet})
	if err != nil {
		t.Fatal(err) // all is buffered so far
	}
	if err := w.Flush(); !errors.Is(err, full) {
		t.Errorf("Flush returns %v", err)
	}
	if err := w.Packet(epoch(), frame(capture.LinkEthernet, 60)); !errors.Is(err, full) {
		t.Errorf("Packet after it returns %v", err)
	}
	p, err := NewPcapWriter(failingWriter{full}, capture.LinkEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Flush(); !errors.Is(err, full) {
		t.Errorf("Flush returns %v", err)
	}
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }

func TestCleanText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "client read → ECONNRESET", "client read → ECONNRESET"},
		{"not UTF-8", "a\xff\xfeb", "a\uFFFDb"},
		{"NUL", "a\x00b", "a\uFFFDb"},
		{"just fits", strings.Repeat("x", maxOption), strings.Repeat("x", maxOption)},
		{"one too long", strings.Repeat("x", maxOption+1), strings.Repeat("x", maxOption)},
		{"cut between runes", strings.Repeat("x", maxOption-2) + "€€", strings.Repeat("x", maxOption-2)},
		{"a rune just fits", strings.Repeat("x", maxOption-3) + "€€", strings.Repeat("x", maxOption-3) + "€"},
	} {
		if got := cleanText(tt.in, maxOption); got != tt.want || !utf8.ValidString(got) {
			t.Errorf("%s: %d octets that end in %q, want %d", tt.name, len(got), got[max(0, len(got)-8):], len(tt.want))
		}
	}
}

func TestLongCommentIsCut(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, Header{Link: capture.LinkEthernet, Filter: strings.Repeat("f", maxOption+9)})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Packet(epoch(), frame(capture.LinkEthernet, 7), "", strings.Repeat("ä", 40000), "\xff")
	if err := errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	r, got, err := readAll(&out)
	if !errors.Is(err, io.EOF) || len(got) != 1 {
		t.Fatalf("%d records, then %v", len(got), err)
	}
	c := got[0].Comments
	if len(c) != 2 || c[0] != strings.Repeat("ä", 32767) || c[1] != "\uFFFD" {
		t.Errorf("%d comments, the first of %d octets", len(c), len(c[0]))
	}
	if n := len(r.Stats()[0].Filter); n != maxOption-1 {
		t.Errorf("a filter of %d octets", n)
	}
}

// TestWriterDescribes: frames of several interfaces come back with what each is
// called and keeps.
func TestWriterDescribes(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, Header{Interface: "lo", Link: capture.LinkEthernet, SnapLen: 96, Filter: "tcp"})
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.Describe(InterfaceStats{Name: "any", Link: capture.LinkCooked, SnapLen: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	third, err := w.Describe(InterfaceStats{Name: "eth1", Link: capture.LinkEthernet, SnapLen: 64})
	if err != nil {
		t.Fatal(err)
	}
	nanos := epoch().UnixNano()
	for name, err := range map[string]error{
		"no such interface":   w.PacketOf(3, nanos, frame(capture.LinkEthernet, 60)),
		"another link type":   w.PacketOf(second, nanos, frame(capture.LinkEthernet, 60)),
		"its own snap length": w.PacketOf(third, nanos, frame(capture.LinkEthernet, 65)),
		"before 1970":         w.PacketOf(third, -1, frame(capture.LinkEthernet, 60)),
	} {
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := w.Describe(InterfaceStats{Link: 1 << 16}); err == nil {
		t.Error("a link type of 17 bits is accepted")
	}
	err = errors.Join(w.PacketOf(third, nanos, frame(capture.LinkEthernet, 64), "first"), w.PacketOf(second, 0, frame(capture.LinkCooked, 2000)),
		w.PacketOf(0, nanos, frame(capture.LinkEthernet, 96)), w.Flush())
	if err != nil {
		t.Fatal(err)
	}
	in, err := NewScanner(&out)
	if err != nil {
		t.Fatal(err)
	}
	want := []struct {
		name string
		snap int
		at   int64
	}{{"eth1", 64, nanos}, {"any", maxFrame, 0}, {"lo", 96, nanos}}
	var p Packet
	for _, tt := range want {
		if err := in.Next(&p); err != nil {
			t.Fatal(err)
		}
		if s := in.Stats()[p.Interface]; s.Name != tt.name || s.SnapLen != tt.snap || p.Nanos != tt.at || p.Link != s.Link {
			t.Errorf("%+v on %+v, want %+v", p, s, tt)
		}
	}
	if err := in.Next(&p); err != io.EOF {
		t.Errorf("and then %v", err)
	}
}
