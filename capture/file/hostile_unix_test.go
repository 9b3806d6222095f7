//go:build unix

package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

func TestDirectory(t *testing.T) {
	f, err := os.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := NewScanner(f); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("got %v", err)
	}
}

// The file loses its end after its beginning was read.
func TestFileShrinksWhileRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "capture")
	whole := manyPackets(binary.LittleEndian, 20_000, true)
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := NewScanner(f)
	if err != nil {
		t.Fatal(err)
	}
	const left = 1_000_001
	if err := os.Truncate(path, left); err != nil {
		t.Fatal(err)
	}
	n := countPackets(t, s)
	want, err := scanAll(bytes.NewReader(whole[:left]))
	if n != len(want) || !errors.Is(err, io.ErrUnexpectedEOF) || !errors.Is(s.Next(new(Packet)), io.ErrUnexpectedEOF) {
		t.Errorf("%d packets of %d, then %v", n, len(want), s.Next(new(Packet)))
	}
}

// The writer of a FIFO goes away in the middle of a packet.
func TestFifoEnds(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	written := make(chan error, 1)
	go func() {
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err == nil {
			_, err = f.Write(manyPackets(binary.BigEndian, 3000, false)[:300_000])
			err = errors.Join(err, f.Close())
		}
		written <- err
	}()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := NewScanner(f)
	if err != nil {
		t.Fatal(err)
	}
	n, end := countPackets(t, s), s.Next(new(Packet))
	if fe := (*FormatError)(nil); !errors.As(end, &fe) || n != (300_000-24)/112 || fe.Offset != int64(24+112*n) {
		t.Errorf("%d packets, then %v", n, end)
	}
	if err := <-written; err != nil {
		t.Error(err)
	}
}

func countPackets(t *testing.T, s *Scanner) int {
	t.Helper()
	var p Packet
	n := 0
	for s.Next(&p) == nil {
		n++
	}
	return n
}

// A packet with a million empty comments is one packet.
func TestMillionOptions(t *testing.T) {
	m := &maker{order: binary.LittleEndian}
	m.section()
	m.iface(1, 0)
	m.block(6, m.u32(0, 0, 1, 0, 0), bytes.Repeat(m.opt(1, ""), 1_000_000))
	got, err := scanAll(bytes.NewReader(m.file))
	if len(got) != 1 || !errors.Is(err, io.EOF) {
		t.Errorf("%d packets, then %v", len(got), err)
	}
	agree(t, m.file)
}

// A section header with many comments is read in a time and with memory that
// grow with it, not with its square.
func TestManySectionComments(t *testing.T) {
	m := &maker{order: binary.LittleEndian}
	const many = 50_000
	m.section(bytes.Repeat(m.opt(1, "a"), many))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r, err := NewReader(bytes.NewReader(m.file))
	runtime.ReadMemStats(&after)
	if err != nil || len(r.Comment()) != 2*many-1 {
		t.Fatal(err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d octets of memory for a header of %d", used, len(m.file))
	}
}

// What interfaces are called takes no more memory than a block may.
func TestManyLongNames(t *testing.T) {
	m := &maker{order: binary.LittleEndian}
	m.section()
	name := strings.Repeat("n", maxOption)
	for range maxTexts/len(name) + 1 {
		m.iface(1, 0, m.opt(2, name))
	}
	if _, err := scanAll(bytes.NewReader(m.file)); err == nil || !strings.Contains(err.Error(), "names and filters") {
		t.Errorf("got %v", err)
	}
}
