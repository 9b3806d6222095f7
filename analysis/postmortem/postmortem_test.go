package postmortem

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// packet is a SYN from a port of 10.0.0.1 to 10.0.0.2:80, so many seconds after
// the first.
type packet struct {
	port uint16
	at   int
}

// frame returns the segment as a raw IPv4 frame (RFC 791 §3.1, RFC 9293 §3.1).
func (p packet) frame() capture.Frame {
	b := make([]byte, 40)
	b[0], b[3], b[8], b[9] = 0x45, 40, 64, 6
	copy(b[12:], []byte{10, 0, 0, 1, 10, 0, 0, 2})
	b[20], b[21], b[23] = byte(p.port>>8), byte(p.port), 80
	b[32], b[33] = 5<<4, byte(capture.SYN)
	return capture.Frame{Link: capture.LinkRaw, Data: b, Wire: len(b)}
}

// pcap returns a file of these packets.
func pcap(t *testing.T, packets ...packet) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := file.NewPcapWriter(&b, capture.LinkRaw, 0)
	for _, p := range packets {
		err = errors.Join(err, w.Packet(time.Unix(int64(p.at), 0), p.frame()))
	}
	if err = errors.Join(err, w.Flush()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// recording returns a file with a call.
func recording(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := file.NewWriter(&b, file.Header{})
	if err == nil {
		err = errors.Join(w.Packet(time.Unix(1, 0), packet{}.frame()),
			w.Journal([]file.Field{{Name: "__REALTIME_TIMESTAMP", Value: "1"}, {Name: "RSTWATCH_KIND", Value: "call"}}), w.Flush())
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// files writes files into a folder of their own and returns their paths.
func files(t *testing.T, all ...[]byte) (paths []string) {
	t.Helper()
	dir := t.TempDir()
	for i, b := range all {
		path := filepath.Join(dir, fmt.Sprint(i))
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func open(t *testing.T, stdin io.Reader, paths ...string) *Captures {
	t.Helper()
	c, err := Open(context.Background(), paths, stdin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// collect returns stream, frame, port and time of each packet.
func collect(t *testing.T, c *Captures) (all []string, err error) {
	t.Helper()
	every := func(uint32) bool { return true }
	err = c.Collect(context.Background(), Options{}, every, func(stream, frame uint32, p *file.Packet) error {
		all = append(all, fmt.Sprintf("%d:%d:%d@%d", stream, frame, int(p.Data[20])<<8|int(p.Data[21]), p.Nanos/1e9))
		return nil
	})
	return all, err
}

// Packets of several files come in the order of their stamps; equal ones in
// that of the files; those of one file in its own.
func TestOrder(t *testing.T) {
	for _, tt := range []struct {
		name  string
		files [][]packet
		want  string
	}{
		{"one", [][]packet{{{1, 5}, {2, 3}, {1, 9}}}, "0:1:1@5 1:2:2@3 0:3:1@9"},
		{"one after the other", [][]packet{{{2, 10}, {2, 11}}, {{1, 1}, {1, 2}}}, "0:1:1@1 0:2:1@2 1:3:2@10 1:4:2@11"},
		{"packets overlap", [][]packet{{{1, 1}, {1, 4}, {1, 6}}, {{2, 2}, {2, 5}}, {{3, 3}}},
			"0:1:1@1 1:2:2@2 2:3:3@3 0:4:1@4 1:5:2@5 0:6:1@6"},
		{"equal stamps", [][]packet{{{1, 1}, {2, 1}}, {{3, 1}}, {{4, 0}, {4, 1}}}, "0:1:4@0 1:2:1@1 2:3:2@1 3:4:3@1 0:5:4@1"},
		{"an empty one", [][]packet{{}, {{1, 1}}, {}}, "0:1:1@1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all [][]byte
			for _, f := range tt.files {
				all = append(all, pcap(t, f...))
			}
			c := open(t, nil, files(t, all...)...)
			for range 2 {
				got, err := collect(t, c)
				if err != nil || strings.Join(got, " ") != tt.want {
					t.Errorf("got  %v, %v\nwant %s", got, err, tt.want)
				}
			}
		})
	}
}

// Of a broken file among others its beginning counts, and the others to their
// ends.
func TestBrokenAmongOthers(t *testing.T) {
	cut := pcap(t, packet{1, 1}, packet{1, 4})
	paths := files(t, pcap(t, packet{2, 2}, packet{2, 5}), cut[:len(cut)-1], []byte("no capture at all"), nil)
	c := open(t, nil, paths...)
	tr, err := c.Survey(context.Background(), Options{})
	if n := tr.Summary().Segments.Total; n != 3 {
		t.Errorf("%d segments", n)
	}
	if !errors.As(err, new(*file.FormatError)) {
		t.Errorf("%v is no FormatError", err)
	}
	for i, path := range paths {
		if named := strings.Contains(fmt.Sprint(err), path+": capture file broken at octet "); named != (i > 0) {
			t.Errorf("%s is named: %v, in: %v", path, named, err)
		}
	}
	if !strings.Contains(err.Error(), fmt.Sprintf("%s: capture file broken at octet %d: ", paths[1], 24+56)) {
		t.Errorf("no offset in: %v", err)
	}
}

// A recording among captures is refused, and named.
func TestCalls(t *testing.T) {
	paths := files(t, pcap(t, packet{1, 1}), recording(t))
	_, err := open(t, nil, paths...).Survey(context.Background(), Options{})
	if !errors.Is(err, ErrCalls) || !strings.Contains(err.Error(), paths[1]) {
		t.Errorf("%v", err)
	}
}

// Once its context has ended, a reading ends too.
func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := open(t, nil, files(t, pcap(t, packet{1, 1}))...).Survey(ctx, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]string{dir: "is a directory", filepath.Join(dir, "nosuch"): "no such file"} {
		if c, err := Open(context.Background(), []string{path}, nil); c != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", path, c, err)
		}
	}
}
