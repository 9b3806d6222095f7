package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/capture"
)

// FuzzReader holds that any octets are read without a panic, that the end is
// io.EOF or a *FormatError, and that what was read can be written and read
// again.
func FuzzReader(f *testing.F) {
	for _, file := range seeds(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, got, err := readAll(bytes.NewReader(file))
		var fe *FormatError
		if !errors.Is(err, io.EOF) && !errors.As(err, &fe) {
			t.Fatalf("reading ends with %v", err)
		}
		if fe != nil && (fe.Offset < 0 || fe.Offset > int64(len(file)) && !isPacked(file)) {
			t.Errorf("the error is at octet %d of %d", fe.Offset, len(file))
		}
		if r == nil {
			return
		}
		last := int64(-1)
		for _, rec := range got {
			if rec.Offset <= last || (rec.Frame == nil) == (rec.Journal == nil) {
				t.Fatalf("after octet %d comes %+v", last, rec)
			}
			last = rec.Offset
		}
		rewrite(t, got)
	})
}

// isPacked reports whether a file is compressed. What is broken in it is told by
// its place in the file that it unpacks to, which may be longer.
func isPacked(file []byte) bool {
	if len(file) < 4 {
		return false
	}
	number := binary.LittleEndian.Uint32(file)
	return number&0xffff == gzipMagic || number == zstdMagic || number&^zstdSkipIgnore == zstdSkip
}

// seeds are files with every block, in both byte orders.
func seeds(t testing.TB) [][]byte {
	all := [][]byte{sampleFile(t)}
	for _, order := range bothOrders() {
		m := &maker{order: order}
		m.section(m.opt(1, "one"))
		m.iface(1, 0, m.opt(9, "\x8a"), m.opt(14, string(m.u64(1000))))
		m.block(6, m.u32(0, 0, 1536, 1, 1), []byte("z"), m.opt(1, "why"))
		m.block(2, m.u16(0, 7), m.u32(1, 2, 5, 5), []byte("abcde"))
		m.block(3, m.u32(6), []byte("abcdef"))
		m.block(9, []byte("__REALTIME_TIMESTAMP=1500000\nMESSAGE\n\x01\x00\x00\x00\x00\x00\x00\x00\n\n"))
		m.block(5, m.u32(0, 0, 0), m.opt(4, string(m.u64(10))), m.opt(2, string(m.u32(0, 5))))
		all = append(all, m.file)
		c := &maker{order: order}
		c.pcapHeader(pcapNano, 4, 96, 1)
		c.pcapPacket(1, 1, 2, 2, "ok")
		all = append(all, c.file)
	}
	for _, pack := range packers() {
		all = append(all, pack(t, all[0]))
	}
	return all
}

// rewrite writes records and reads them back.
func rewrite(t *testing.T, records []Record) {
	var want []Record
	for _, r := range records {
		// These the writer refuses or changes, and should: no stamp, a stamp that
		// is not first, a NUL in a comment, no text in one.
		odd := r.Frame != nil && (r.Time.IsZero() || r.Frame.Link > 1<<16-1 || len(r.Frame.Data) > maxFrame)
		odd = odd || r.Journal != nil && r.Journal[0].Name != RealtimeTimestamp
		for _, c := range r.Comments {
			odd = odd || c == "" || cleanText(c, maxOption) != c
		}
		if !odd {
			want = append(want, r)
		}
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, Header{Link: capture.LinkEthernet})
	if err != nil {
		t.Fatal(err)
	}
	writeAll(t, w, want)
	_, got, err := readAll(&out)
	if !errors.Is(err, io.EOF) {
		t.Fatalf("what was written ends with %v", err)
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(Record{}, "Offset"), cmpopts.EquateEmpty()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
