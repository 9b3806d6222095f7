package postmortem

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// traffic writes a capture of so many connections at a time, each of eight
// segments: a handshake, two of data and their acknowledgements, and a RST. All
// take turns.
func traffic(t testing.TB, packets, atOnce int) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "traffic.pcap")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := file.NewPcapWriter(f, capture.LinkRaw, 96)
	const syn, ack, rst = capture.SYN, capture.ACK, capture.RST
	b := make([]byte, 40)
	b[0], b[8], b[9], b[32] = 0x45, 64, 6, 5<<4
	for i := range packets {
		number, turn := i/(8*atOnce)*atOnce+i%atOnce, i/atOnce%8
		flags := [8]capture.Flags{syn, syn | ack, ack, ack, ack, ack, ack, rst | ack}[turn]
		seq, peer := [8]uint32{100, 500, 101, 101, 501, 201, 501, 301}[turn], [8]uint32{0, 101, 501, 501, 201, 501, 301, 501}[turn]
		size := [8]int{3: 100, 5: 100}[turn]
		from, to := b[12:16], b[16:20]
		ports := [2]uint16{uint16(1024 + number%60000), 443}
		if turn == 1 || turn == 4 || turn == 6 {
			from, to, ports = to, from, [2]uint16{443, ports[0]}
		}
		binary.BigEndian.PutUint32(from, 10<<24+uint32(number/60000))
		binary.BigEndian.PutUint32(to, 192<<24+1)
		binary.BigEndian.PutUint16(b[2:], uint16(40+size))
		binary.BigEndian.PutUint16(b[20:], ports[0])
		binary.BigEndian.PutUint16(b[22:], ports[1])
		binary.BigEndian.PutUint32(b[24:], seq)
		binary.BigEndian.PutUint32(b[28:], peer)
		b[33], b[35] = byte(flags), 200
		err = errors.Join(err, w.Packet(time.Unix(0, int64(i)*1000), capture.Frame{Link: capture.LinkRaw, Data: b, Wire: 40 + size}))
	}
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func surveyOf(t testing.TB, paths ...string) *survey.Tracker {
	t.Helper()
	c, err := Open(context.Background(), paths, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	tr, err := c.Survey(context.Background(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// TestAllocatesNothingPerPacket: the whole way of a packet, from the file to
// the record, with the goroutine that reads and without it.
func TestAllocatesNothingPerPacket(t *testing.T) {
	few, many := traffic(t, 8000, 1000), traffic(t, 8000+200_000, 1000)
	for _, processors := range []int{1, 2} {
		t.Run(fmt.Sprint(processors), func(t *testing.T) {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			allocated := func(path string) uint64 {
				c, err := Open(context.Background(), []string{path}, nil)
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if _, err := c.Survey(context.Background(), Options{}); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				return after.Mallocs - before.Mallocs
			}
			// 25,000 connections more take 25 pages of records, some of holes and RSTs, and
			// at most 131 buckets of the table; the runtime allocates of itself.
			if a, b := allocated(few), allocated(many); b > a+400 {
				t.Errorf("%d allocations for 8,000 packets, %d for 208,000", a, b)
			}
		})
	}
}

// TestFollowIsTheSameAlone: a survey does not depend on how many goroutines make
// it, and is that of the segments one by one.
func TestFollowIsTheSameAlone(t *testing.T) {
	path := traffic(t, 50_001, 300)
	whole := slices.Collect(surveyOf(t, path).Connections())
	if len(whole) != (50_001/8/300+1)*300 {
		t.Fatalf("%d connections", len(whole))
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if alone := slices.Collect(surveyOf(t, path).Connections()); !reflect.DeepEqual(alone, whole) {
		t.Error("another survey with one processor")
	}
	single := survey.New(0, nil)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	in, err := file.NewScanner(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	var p file.Packet
	var brief capture.Brief
	for n := uint32(1); in.Next(&p) == nil; n++ {
		if err := capture.Look(&brief, p.Link, p.Data, p.Wire); err != nil {
			t.Fatal(err)
		}
		single.Add(p.Nanos, n, &brief)
	}
	if !reflect.DeepEqual(slices.Collect(single.Connections()), whole) {
		t.Error("another survey segment by segment")
	}
}

// TestFollowEndsWhereTheFileBreaks: what came before is in the survey, with one
// processor and with two.
func TestFollowEndsWhereTheFileBreaks(t *testing.T) {
	path := traffic(t, 3000, 1000)
	if err := os.Truncate(path, 24+2500*56+20); err != nil {
		t.Fatal(err)
	}
	for _, processors := range []int{1, 2} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			c, err := Open(context.Background(), []string{path}, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			tr, err := c.Survey(context.Background(), Options{})
			if e := (*file.FormatError)(nil); !errors.As(err, &e) || e.Offset != 24+2500*56 {
				t.Errorf("%d processors: %v", processors, err)
			}
			if n := tr.Summary().Segments.Total; n != 2500 {
				t.Errorf("%d processors: %d segments", processors, n)
			}
		}()
	}
}

// BenchmarkSurvey is the whole path, from the file to the records.
func BenchmarkSurvey(b *testing.B) {
	for _, atOnce := range []int{2_000, 100_000} {
		b.Run(fmt.Sprintf("%d at once", atOnce), func(b *testing.B) {
			const packets = 1_000_000
			path := traffic(b, packets, atOnce)
			b.ReportAllocs()
			for b.Loop() {
				surveyOf(b, path)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/packets, "ns/packet")
		})
	}
}
