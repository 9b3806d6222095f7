package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/capture"
)

// maker builds blocks by hand, in either byte order, without the Writer.
type maker struct {
	order binary.AppendByteOrder
	file  []byte
}

func (m *maker) u16(v ...uint16) (b []byte) {
	for _, n := range v {
		b = m.order.AppendUint16(b, n)
	}
	return b
}

func (m *maker) u32(v ...uint32) (b []byte) {
	for _, n := range v {
		b = m.order.AppendUint32(b, n)
	}
	return b
}

func (m *maker) u64(v uint64) []byte { return m.order.AppendUint64(nil, v) }

func (m *maker) opt(code uint16, v string) []byte {
	b := append(m.u16(code, uint16(len(v))), v...)
	return append(b, make([]byte, -len(v)&3)...)
}

// block appends a block and returns where it starts.
func (m *maker) block(typ uint32, parts ...[]byte) int64 {
	start := int64(len(m.file))
	body := bytes.Join(parts, nil)
	body = append(body, make([]byte, -len(body)&3)...)
	n := uint32(len(body) + 12)
	m.file = append(m.file, m.u32(typ, n)...)
	m.file = append(m.file, body...)
	m.file = append(m.file, m.u32(n)...)
	return start
}

func (m *maker) section(options ...[]byte) {
	m.block(0x0A0D0D0A, append([][]byte{m.u32(0x1A2B3C4D), m.u16(1, 0), m.u32(1<<32-1, 1<<32-1)}, options...)...)
}

func (m *maker) iface(link uint16, snap uint32, options ...[]byte) {
	m.block(1, append([][]byte{m.u16(link, 0), m.u32(snap)}, options...)...)
}

func bothOrders() []binary.AppendByteOrder {
	return []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian}
}

func TestEveryBlockInBothOrders(t *testing.T) {
	for _, order := range bothOrders() {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			m := &maker{order: order}
			m.section(m.opt(3, "Some OS"), m.opt(4, "some tool\x00"), m.opt(1, "one"), m.opt(1, "two"), m.opt(0, ""), m.opt(99, "behind the end"))
			m.iface(101, 0, m.opt(2, "lo0"), m.opt(11, "\x00tcp"), m.opt(3, "a description"))
			m.iface(1, 4, m.opt(9, "\x09"), m.opt(14, string(m.u64(1000))), m.opt(0, ""))
			m.block(0x0BAD, []byte("a custom block of some vendor"))
			enhanced := m.block(6, m.u32(1, 0, 2_000_000_001, 3, 60), []byte("abc\x00"), m.opt(1, "why"), m.opt(2, "\x00\x00\x00\x01"), m.opt(1, "how"), m.opt(0, ""))
			obsolete := m.block(2, m.u16(0, 7), m.u32(1, 2, 5, 5), []byte("abcde\x00\x00\x00"), m.opt(1, "old"))
			simple := m.block(3, m.u32(6), []byte("abcdef"))
			journal := m.block(9, []byte("__REALTIME_TIMESTAMP=1500000\nMESSAGE=hello\n"))
			m.block(5, m.u32(1, 0, 0), m.opt(4, string(m.u64(10))), m.opt(5, string(m.u64(1))), m.opt(7, string(m.u64(2))), m.opt(8, string(m.u64(7))), m.opt(2, string(m.u32(0, 5))))
			// The second section counts its interfaces from 0 again.
			m.section(m.opt(1, "three"))
			m.iface(113, 0, m.opt(9, "\x8a")) // 2⁻¹⁰ s
			second := m.block(6, m.u32(0, 0, 1536, 1, 1), []byte("z"))

			r, got, err := readAll(bytes.NewReader(m.file))
			if !errors.Is(err, io.EOF) {
				t.Fatalf("reading ends with %v", err)
			}
			want := []Record{
				{Time: time.Unix(1002, 1), Frame: &capture.Frame{Link: 1, Data: []byte("abc"), Wire: 60}, Comments: []string{"why", "how"}, Offset: enhanced},
				{Time: time.UnixMicro(1<<32 + 2), Frame: &capture.Frame{Link: 101, Data: []byte("abcde"), Wire: 5}, Comments: []string{"old"}, Offset: obsolete},
				{Frame: &capture.Frame{Link: 101, Data: []byte("abcdef"), Wire: 6}, Offset: simple},
				{Time: time.UnixMilli(1500), Journal: []Field{{RealtimeTimestamp, "1500000"}, {"MESSAGE", "hello"}}, Offset: journal},
				{Time: time.UnixMilli(1500), Frame: &capture.Frame{Link: 113, Data: []byte("z"), Wire: 1}, Offset: second},
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Errorf("records (-want +got):\n%s", d)
			}
			stats := []InterfaceStats{
				{Name: "lo0", Link: 101, Filter: "tcp"},
				{Link: 1, SnapLen: 4, Counted: true, Start: time.Unix(1000, 5), Received: 10, Delivered: 7, Dropped: 3},
				{Link: 113},
			}
			if d := cmp.Diff(stats, r.Stats()); d != "" {
				t.Errorf("interfaces (-want +got):\n%s", d)
			}
			if r.Comment() != "three" || r.OS() != "" {
				t.Errorf("the second section has comment %q and system %q", r.Comment(), r.OS())
			}
		})
	}
}

func TestSectionHeaderBeforeTheFirstRecord(t *testing.T) {
	m := &maker{order: binary.BigEndian}
	m.section(m.opt(3, "Some OS"), m.opt(4, "some tool\x00"), m.opt(1, "one"), m.opt(1, "two"))
	r, err := NewReader(bytes.NewReader(m.file))
	if err != nil {
		t.Fatal(err)
	}
	if r.Comment() != "one\ntwo" || r.Application() != "some tool" || r.OS() != "Some OS" {
		t.Errorf("read %q, %q, %q", r.Comment(), r.Application(), r.OS())
	}
}

func TestSectionsOfDifferentOrders(t *testing.T) {
	var file []byte
	for _, order := range append(bothOrders(), bothOrders()...) {
		m := &maker{order: order}
		m.section()
		m.iface(1, 0)
		m.block(6, m.u32(0, 0, uint32(len(file)), 2, 2), []byte("ab"))
		file = append(file, m.file...)
	}
	r, got, err := readAll(bytes.NewReader(file))
	if !errors.Is(err, io.EOF) || len(got) != 4 || len(r.Stats()) != 4 {
		t.Fatalf("%d records, %d interfaces, then %v", len(got), len(r.Stats()), err)
	}
	for i, rec := range got {
		if want := time.UnixMicro(int64(i * len(file) / 4)); !rec.Time.Equal(want) {
			t.Errorf("record %d is of %v, want %v", i, rec.Time, want)
		}
	}
}

// A Simple Packet Block leaves out how much was kept: the snap length says it.
func TestSimplePacketIsCutAtTheSnapLength(t *testing.T) {
	m := &maker{order: binary.LittleEndian}
	m.section()
	m.iface(1, 3)
	m.block(3, m.u32(1000), []byte("abc"))
	_, got, err := readAll(bytes.NewReader(m.file))
	if !errors.Is(err, io.EOF) || len(got) != 1 {
		t.Fatalf("%d records, then %v", len(got), err)
	}
	if f := got[0].Frame; string(f.Data) != "abc" || f.Wire != 1000 || !got[0].Time.IsZero() {
		t.Errorf("got %q of %d at %v", f.Data, f.Wire, got[0].Time)
	}
}

func TestClock(t *testing.T) {
	for _, tt := range []struct {
		name       string
		resolution byte
		offset     int64
		stamp      uint64
		want       time.Time
	}{
		{"seconds", 0, 0, 12, time.Unix(12, 0)},
		{"milliseconds", 3, 0, 1234, time.UnixMilli(1234)},
		{"nanoseconds", 9, 0, 1_709_251_199_123_456_789, time.Unix(1_709_251_199, 123_456_789)},
		{"picoseconds round down", 12, 0, 1_000_000_001_999, time.Unix(1, 1)},
		{"10⁻¹⁹ s", 19, 0, 12_345_678_901_234_567_890, time.Unix(1, 234_567_890)},
		{"halves", 0x81, 0, 3, time.UnixMilli(1500)},
		{"2⁻³² s as in NTP", 0xa0, 0, 1<<32 + 1<<31, time.UnixMilli(1500)},
		{"2⁻⁶³ s", 0xbf, 0, 1<<63 + 1<<62, time.UnixMilli(1500)},
		{"offset", 6, 1 << 30, 5, time.Unix(1<<30, 5000)},
		{"offset back", 0, -5, 12, time.Unix(7, 0)},
		{"the last second", 0, 0, maxSeconds - 1, time.Unix(maxSeconds-1, 0)},
	} {
		c, ok := newClock(tt.resolution)
		c.offset = tt.offset
		got, in := c.at(tt.stamp)
		if !ok || !in || !got.Equal(tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	for _, exponent := range []byte{20, 127, 0x80 | 64, 0xff} {
		if _, ok := newClock(exponent); ok {
			t.Errorf("resolution %#x accepted", exponent)
		}
	}
	for _, c := range []clock{{1, 0}, {1, math.MaxInt32}, {1e6, -maxSeconds}} {
		if at, ok := c.at(math.MaxUint64); ok {
			t.Errorf("%+v: the largest stamp is %v", c, at)
		}
	}
	if at, ok := (clock{1, -5}).at(4); ok {
		t.Errorf("a second before 1970 is %v", at)
	}
}
