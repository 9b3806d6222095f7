package file

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/capture"
)

// epoch is when the captures of the tests begin.
func epoch() time.Time { return time.Date(2024, 2, 29, 23, 59, 59, 123456789, time.UTC) }

// frame makes a frame of n octets that count up.
func frame(link capture.LinkType, n int) capture.Frame {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i + 1)
	}
	return capture.Frame{Link: link, Data: data, Wire: n + 1000}
}

func entry(at time.Time, fields ...string) []Field {
	out := []Field{{RealtimeTimestamp, itoa(at.UnixMicro())}}
	for i := 0; i < len(fields); i += 2 {
		out = append(out, Field{fields[i], fields[i+1]})
	}
	return out
}

// readAll reads all records, and the error that ended them.
func readAll(r io.Reader) (*Reader, []Record, error) {
	f, err := NewReader(r)
	if err != nil {
		return nil, nil, err
	}
	var all []Record
	for {
		rec, err := f.Next()
		if err != nil {
			return f, all, err
		}
		all = append(all, rec)
	}
}

// writeAll writes records as they were read.
func writeAll(t testing.TB, w *Writer, records []Record) {
	t.Helper()
	for _, r := range records {
		var err error
		if r.Frame != nil {
			err = w.Packet(r.Time, *r.Frame, r.Comments...)
		} else {
			err = w.Journal(r.Journal)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

// sample is a recording with a bit of everything.
func sample() []Record {
	var all []Record
	for n := range 9 { // all ways to pad
		f := frame(capture.LinkEthernet, n)
		rec := Record{Time: epoch().Add(time.Duration(n)), Frame: &f}
		for i := range n % 3 {
			rec.Comments = append(rec.Comments, strings.Repeat("ü€", i+n)+" why\nand how")
		}
		at := epoch().Add(time.Duration(n) * time.Microsecond)
		j := Record{Time: at.Truncate(time.Microsecond), Journal: entry(at,
			"MESSAGE", strings.Repeat("x", n),
			"RSTWATCH_ERROR", "read: connection reset by peer\nMESSAGE=forged\n",
			"RSTWATCH_ERROR", "a repeated field\tkeeps its place",
			"EMPTY", "", "NULS", "\x00\x00", "RAW", "\xff\xfe=\x7f")}
		all = append(all, rec, j)
	}
	return all
}

func sampleHeader() Header {
	return Header{
		Hardware: "two cores", OS: "Linux 6.18", Application: "rstwatch test", Comment: "a run\nof all",
		Interface: "lo", Link: capture.LinkEthernet, SnapLen: 65535, Filter: "tcp port 80",
		Names: map[netip.Addr][]string{
			netip.MustParseAddr("127.0.0.1"): {"client", "here"},
			netip.MustParseAddr("::1"):       {"server"},
		},
	}
}

// sampleFile is the sample as a file.
func sampleFile(t testing.TB) []byte {
	var out bytes.Buffer
	w, err := NewWriter(&out, sampleHeader())
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, sample())
	if err := w.Stats(epoch(), epoch().Add(time.Second), capture.Stats{Delivered: 9, Dropped: 4}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestRoundTrip(t *testing.T) {
	r, got, err := readAll(bytes.NewReader(sampleFile(t)))
	if !errors.Is(err, io.EOF) {
		t.Fatalf("reading ends with %v, want io.EOF", err)
	}
	if d := cmp.Diff(sample(), got, cmpopts.IgnoreFields(Record{}, "Offset"), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("records differ from what was written (-want +got):\n%s", d)
	}
	for i := 1; i < len(got); i++ {
		if got[i].Offset <= got[i-1].Offset {
			t.Errorf("record %d is at octet %d, the one before at %d", i, got[i].Offset, got[i-1].Offset)
		}
	}
	h := sampleHeader()
	if r.Comment() != h.Comment || r.Application() != h.Application || r.OS() != h.OS {
		t.Errorf("header reads %q, %q, %q", r.Comment(), r.Application(), r.OS())
	}
	want := []InterfaceStats{{
		Name: "lo", Link: capture.LinkEthernet, SnapLen: 65535, Filter: "tcp port 80",
		Counted: true, Start: epoch(), End: epoch().Add(time.Second), Received: 13, Delivered: 9, Dropped: 4,
	}}
	if d := cmp.Diff(want, r.Stats()); d != "" {
		t.Errorf("counters (-want +got):\n%s", d)
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the end Next returns %v", err)
	}
}

func TestRecordsOutliveTheNextCall(t *testing.T) {
	r, err := NewReader(bytes.NewReader(sampleFile(t)))
	if err != nil {
		t.Fatal(err)
	}
	var kept []Record
	for range 6 {
		rec, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, rec)
	}
	if d := cmp.Diff(sample()[:6], kept, cmpopts.IgnoreFields(Record{}, "Offset"), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestSecondLinkTypeGetsAnInterface(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, Header{Interface: "any", Link: capture.LinkEthernet})
	if err != nil {
		t.Fatal(err)
	}
	const sll2 = 276 // does not fit a byte
	for _, link := range []capture.LinkType{sll2, capture.LinkEthernet, sll2} {
		if err := w.Packet(epoch(), frame(link, 20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	r, got, err := readAll(&out)
	if !errors.Is(err, io.EOF) || len(got) != 3 {
		t.Fatalf("%d records, then %v", len(got), err)
	}
	if got[0].Frame.Link != sll2 || got[1].Frame.Link != capture.LinkEthernet || got[2].Frame.Link != sll2 {
		t.Errorf("link types %d, %d, %d", got[0].Frame.Link, got[1].Frame.Link, got[2].Frame.Link)
	}
	if s := r.Stats(); len(s) != 2 || s[0].Counted {
		t.Errorf("interfaces %+v, want two without counters", s)
	}
}

func TestPcapRoundTrip(t *testing.T) {
	for _, link := range []capture.LinkType{capture.LinkNull, capture.LinkEthernet, 276} {
		var out bytes.Buffer
		w, err := NewPcapWriter(&out, link, 128)
		if err != nil {
			t.Fatal(err)
		}
		var want []Record
		for n := range 20 {
			f := frame(link, n)
			rec := Record{Time: epoch().Add(time.Duration(n)), Frame: &f}
			if err := w.Packet(rec.Time, f); err != nil {
				t.Fatal(err)
			}
			want = append(want, rec)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		r, got, err := readAll(&out)
		if !errors.Is(err, io.EOF) {
			t.Fatalf("reading ends with %v", err)
		}
		if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Record{}, "Offset"), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("link type %d (-want +got):\n%s", link, d)
		}
		if d := cmp.Diff([]InterfaceStats{{Link: link, SnapLen: 128}}, r.Stats()); d != "" {
			t.Errorf("interface (-want +got):\n%s", d)
		}
	}
}
