package postmortem

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture/file"
)

// A pipe is read again from what is kept of it: some of it always, all of it if
// that is asked for.
func TestPipe(t *testing.T) {
	short := pcap(t, packet{1, 1}, packet{2, 2}, packet{1, 3})
	long := slices.Concat(short, bytes.Repeat(short[24:], tapeTrial/(len(short)-24)+1))
	for _, tt := range []struct {
		name  string
		file  []byte
		again bool
		want  string // what is wrong with the second reading
	}{
		{"short", short, false, ""},
		{"long", long, false, "can not be read again: it is longer than"},
		{"long, kept", long, true, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("TMPDIR", dir)
			c := open(t, bytes.NewBuffer(tt.file), "-")
			if head, err := c.Head(context.Background(), 8); err != nil || !bytes.Equal(head, tt.file[:8]) {
				t.Errorf("head % x, %v", head, err)
			}
			tr, err := c.Survey(context.Background(), Options{Again: tt.again})
			if n := (len(tt.file) - 24) / 56; err != nil || tr.Summary().Segments.Total != uint64(n) {
				t.Errorf("%d segments of %d, %v", tr.Summary().Segments.Total, n, err)
			}
			if read, of := c.Progress(); read != int64(len(tt.file)) || of != 0 {
				t.Errorf("read %d of %d octets", read, of)
			}
			_, r, err := c.Whole(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r)
			switch {
			case tt.want != "":
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("%v", err)
				}
			case err != nil || !bytes.Equal(got, tt.file):
				t.Errorf("%d octets of %d, %v", len(got), len(tt.file), err)
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// Where a pipe can not be kept although it must be, that is said; where it need
// not be, it is no matter.
func TestPipeWithoutRoom(t *testing.T) {
	t.Setenv("TMPDIR", "/nosuch")
	one := pcap(t, packet{1, 1}, packet{2, 2})
	long := slices.Concat(one, bytes.Repeat(one[24:], tapeHead/len(one[24:])+1))
	for _, again := range []bool{false, true} {
		_, err := open(t, bytes.NewBuffer(long), "-").Survey(context.Background(), Options{Again: again})
		if again != (err != nil) || err != nil && !strings.Contains(err.Error(), "keep what came of a pipe") {
			t.Errorf("to be read again %v: %v", again, err)
		}
	}
}

// live returns captures of a pipe into which the packets were written, and the
// pipe's other end.
func live(t *testing.T, packets ...packet) (*Captures, *io.PipeWriter) {
	r, w := io.Pipe()
	t.Cleanup(func() { w.Close() })
	c := open(t, r, "-")
	b := pcap(t, packets...)
	go w.Write(b)
	if head, err := c.Head(context.Background(), len(b)); err != nil || len(head) != len(b) {
		t.Fatalf("%d octets of %d, %v", len(head), len(b), err)
	}
	return c, w
}

// A pipe that ends because whoever writes into it was interrupted too is read
// to its end.
func TestInterruptedWriter(t *testing.T) {
	c, w := live(t, packet{1, 1})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	go func() {
		w.Write(pcap(t, packet{2, 2})[24:])
		w.Close()
	}()
	tr, err := c.Survey(ctx, Options{})
	if n := tr.Summary().Segments.Total; n != 2 || err != nil {
		t.Errorf("%d segments, %v", n, err)
	}
}

// A pipe that does not end is left, and a second reading ends where the first
// did.
func TestInterruptedReader(t *testing.T) {
	c, _ := live(t, packet{1, 1}, packet{2, 2})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	tr, err := c.Survey(ctx, Options{Again: true})
	if n := tr.Summary().Segments.Total; n != 2 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d segments, %v", n, err)
	}
	got, err := collect(t, c)
	if want := "0:1:1@1 1:2:2@2"; strings.Join(got, " ") != want || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

// So does the second reading of a file.
func TestInterruptedFile(t *testing.T) {
	one := pcap(t, packet{1, 1}, packet{2, 2})
	c := open(t, nil, files(t, slices.Concat(one, bytes.Repeat(one[24:], 10_000)))...)
	ctx, cancel := context.WithCancel(context.Background())
	seen := uint64(0)
	err := c.Collect(ctx, Options{}, func(uint32) bool { return true }, func(uint32, uint32, *file.Packet) error {
		if seen++; seen == 5000 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || seen < 5000 || seen > 10_000 {
		t.Errorf("%d packets, %v", seen, err)
	}
	tr, err := c.Survey(ctx, Options{})
	if n := tr.Summary().Segments.Total; n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d segments, %v", n, err)
	}
	if got, err := collect(t, c); len(got) != 0 || err != nil {
		t.Errorf("%d packets, %v", len(got), err)
	}
}

// Nobody has to write into a named pipe that was given up.
func TestInterruptedOpen(t *testing.T) {
	path := namedPipe(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Open(ctx, []string{path}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// A file that becomes shorter while it is read is told from one that ends.
func TestShrinks(t *testing.T) {
	one := pcap(t, packet{1, 1}, packet{2, 2})
	paths := files(t, slices.Concat(one, bytes.Repeat(one[24:], 100_000)))
	c := open(t, nil, paths...)
	kept := int64(24 + 56*20_000)
	seen := int64(0)
	err := c.Collect(context.Background(), Options{}, func(uint32) bool { return true }, func(_, _ uint32, p *file.Packet) error {
		if seen++; seen == 1 {
			return os.Truncate(paths[0], kept)
		}
		return nil
	})
	want := paths[0] + ": file: read a packet's header at octet 1120024: the file has shrunk while it was read, from 11200136 octets to 1120024"
	if err == nil || err.Error() != want || seen != 20_000 {
		t.Errorf("%d packets, %v", seen, err)
	}
}
