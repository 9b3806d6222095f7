package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scanned is a packet with its data kept.
type scanned struct {
	Packet
	data string
}

func scanAll(r io.Reader) ([]scanned, error) {
	s, err := NewScanner(r)
	if err != nil {
		return nil, err
	}
	var all []scanned
	for {
		var p Packet
		if err := s.Next(&p); err != nil {
			if again := s.Next(&p); !errors.Is(again, err) {
				return all, again
			}
			return all, err
		}
		c := scanned{p, string(p.Data)}
		c.Data = nil
		all = append(all, c)
	}
}

// scanEach is scanAll by as few calls of Next as there may be, with room for so
// many packets at a time.
func scanEach(r io.Reader, room int) ([]scanned, error) {
	s, err := NewScanner(r)
	if err != nil {
		return nil, err
	}
	var all []scanned
	add := func(p Packet) {
		c := scanned{p, string(p.Data)}
		c.Data = nil
		all = append(all, c)
	}
	for {
		var p Packet
		if err := s.Next(&p); err != nil {
			return all, err
		}
		first := string(p.Data)
		add(p)
		for n := room; n == room; {
			taken := 0
			n = s.Each(func(q *Packet) bool {
				add(*q)
				taken++
				return taken < room
			})
			if n != taken {
				return nil, fmt.Errorf("%d packets, said to be %d", taken, n)
			}
		}
		if string(p.Data) != first {
			return nil, errors.New("what Next gave has changed")
		}
	}
}

// agree holds that the Scanner and the Reader say the same of a file: the same
// packets and the same end.
func agree(t *testing.T, file []byte) {
	t.Helper()
	r, records, readErr := readAll(bytes.NewReader(file))
	got, scanErr := scanAll(bytes.NewReader(file))
	if d := cmp.Diff(message(readErr), message(scanErr)); d != "" {
		t.Errorf("the end (-Reader +Scanner):\n%s", d)
	}
	for _, room := range []int{1, 3, 1000} {
		ready, eachErr := scanEach(bytes.NewReader(file), room)
		if d := cmp.Diff(message(scanErr), message(eachErr)); d != "" {
			t.Errorf("the end with Each for %d (-Next +Each):\n%s", room, d)
		}
		if d := cmp.Diff(got, ready, cmp.AllowUnexported(scanned{})); d != "" {
			t.Errorf("the packets with Each for %d (-Next +Each):\n%s", room, d)
		}
	}
	var want []scanned
	for _, rec := range records {
		if rec.Frame == nil {
			continue
		}
		p := scanned{Packet{Link: rec.Frame.Link, Wire: rec.Frame.Wire, Offset: rec.Offset}, string(rec.Frame.Data)}
		if !rec.Time.IsZero() {
			p.Nanos = rec.Time.UnixNano()
		}
		want = append(want, p)
	}
	for i := range got {
		n := got[i].Interface
		if s := r.Stats(); n >= len(s) || s[n].Link != got[i].Link {
			t.Errorf("packet %d is of interface %d: %+v", i, n, s)
		}
		got[i].Interface = 0
	}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(scanned{})); d != "" {
		t.Errorf("the packets (-Reader +Scanner):\n%s", d)
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func FuzzScanner(f *testing.F) {
	for _, file := range seeds(f) {
		f.Add(file)
	}
	f.Fuzz(func(t *testing.T, file []byte) { agree(t, file) })
}

// Captures of other programs: all files below the folder that RSTWATCH_PCAPS
// names, whatever they are.
func TestScannerAndReaderOnCaptures(t *testing.T) {
	root := os.Getenv("RSTWATCH_PCAPS")
	if root == "" {
		t.Skip("RSTWATCH_PCAPS names no folder of captures")
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		agree(t, b)
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, then %v", files, err)
	}
}

// Two sections, each with interfaces of its own: the numbers do not start anew.
func TestScannerCountsInterfacesOverSections(t *testing.T) {
	m := &maker{order: binary.BigEndian}
	m.section()
	m.iface(1, 0)
	m.iface(101, 0)
	m.block(6, m.u32(1, 0, 1, 1, 1), []byte("a"))
	m.section()
	m.iface(113, 0)
	m.block(2, m.u16(0, 7), m.u32(0, 2, 1, 1), []byte("b"))
	m.block(3, m.u32(1), []byte("c"))
	got, err := scanAll(bytes.NewReader(m.file))
	if !errors.Is(err, io.EOF) || len(got) != 3 {
		t.Fatalf("%d packets, then %v", len(got), err)
	}
	for i, want := range []struct {
		n     int
		nanos int64
		link  uint32
		data  string
	}{{1, 1000, 101, "a"}, {2, 2000, 113, "b"}, {2, 0, 113, "c"}} {
		if p := got[i]; p.Interface != want.n || p.Nanos != want.nanos || uint32(p.Link) != want.link || p.data != want.data {
			t.Errorf("packet %d is %+v", i, p)
		}
	}
}

// manyPackets returns a file of n packets of 96 octets.
func manyPackets(order binary.AppendByteOrder, n int, ng bool) []byte {
	m := &maker{order: order, file: make([]byte, 0, n*140)}
	data := bytes.Repeat([]byte{0x55}, 96)
	if ng {
		m.section()
		m.iface(1, 96, m.opt(9, "\x09"))
		for i := range n {
			m.block(6, m.u32(0, 0, uint32(i), 96, 1500), data)
		}
		return m.file
	}
	m.pcapHeader(pcapNano, 4, 96, 1)
	for i := range n {
		m.pcapPacket(1, uint32(i), 96, 1500, string(data))
	}
	return m.file
}

// Each takes what lies in the window, not one packet a call, and no more than it may.
func TestEachTakesMany(t *testing.T) {
	for _, ng := range []bool{false, true} {
		s, err := NewScanner(bytes.NewReader(manyPackets(binary.BigEndian, 100, ng)))
		if err != nil {
			t.Fatal(err)
		}
		var p Packet
		if err := s.Next(&p); err != nil {
			t.Fatal(err)
		}
		for _, most := range []int64{10, 99} {
			last := int64(0)
			n := s.Each(func(p *Packet) bool { last = p.Nanos % 1e9; return last != most })
			if want := map[int64]int{10: 10, 99: 89}[most]; n != want || last != most {
				t.Errorf("pcapng %v: %d packets, the last of %d", ng, n, last)
			}
		}
	}
}

// What is allocated for a file does not depend on how many packets it has.
func TestScannerAllocatesNothingForAPacket(t *testing.T) {
	for _, ng := range []bool{false, true} {
		file := manyPackets(binary.LittleEndian, 50_000, ng)
		s, err := NewScanner(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		var p Packet
		for range 30_000 { // the window is of full size then
			if err := s.Next(&p); err != nil {
				t.Fatal(err)
			}
		}
		allocs := testing.AllocsPerRun(10_000, func() {
			if err := s.Next(&p); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("pcapng %v: %v allocations a packet", ng, allocs)
		}
	}
}

func BenchmarkScanner(b *testing.B) {
	for _, tt := range []struct {
		name  string
		order binary.AppendByteOrder
		ng    bool
	}{{"pcap", binary.LittleEndian, false}, {"pcap-big-endian", binary.BigEndian, false}, {"pcapng", binary.LittleEndian, true}} {
		b.Run(tt.name, func(b *testing.B) {
			const n = 100_000
			file := manyPackets(tt.order, n, tt.ng)
			b.SetBytes(int64(len(file) / n))
			b.ReportAllocs()
			b.ResetTimer()
			var p Packet
			for left := b.N; left > 0; left -= n {
				s, err := NewScanner(bytes.NewReader(file))
				for i := 0; err == nil && i < min(n, left); i++ {
					err = s.Next(&p)
					i += s.Each(func(*Packet) bool { return true })
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
