package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// TestExcerptInterrupted: an interrupt of the second reading says that there is
// no file, and leaves none.
func TestExcerptInterrupted(t *testing.T) {
	dir := t.TempDir()
	in, err := os.Create(filepath.Join(dir, "in.pcap"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	w, err := file.NewPcapWriter(in, capture.LinkRaw, 0)
	if err == nil {
		frame := []byte("not a segment")
		err = errors.Join(w.Packet(time.Unix(1, 0), capture.Frame{Link: capture.LinkRaw, Data: frame, Wire: len(frame)}), w.Flush())
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := postmortem.Open(t.Context(), []string{in.Name()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f := &analyzeFlags{outputFlags: newOutputFlags()}
	f.model, f.write = newChoice("", "linux", "darwin"), filepath.Join(dir, "out.pcapng")
	tr, err := c.Survey(t.Context(), f.reading())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = f.excerpt(ctx, c, tr, nil)
	if e := (*failure)(nil); !errors.As(err, &e) || e.code != exitInterrupted || !strings.Contains(e.Error(), "out.pcapng was not written") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%d files", len(left))
	}
}
