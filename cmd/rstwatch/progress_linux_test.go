package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// TestReadingShown: a reading that takes longer than a second says on a terminal
// how far it is, and leaves no trace.
func TestReadingShown(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := file.NewPcapWriter(&b, capture.LinkRaw, 0)
	if err == nil {
		err = errors.Join(w.Packet(time.Unix(1, 0), rawSegment(1, 1, capture.SYN)), w.Packet(time.Unix(1, 0), rawSegment(1, 1, capture.RST|capture.ACK)), w.Flush())
	}
	if err != nil {
		t.Fatal(err)
	}
	tty := onTerminal(t, 24, 80, findProgram(t), "analyze", "--summary", pipe)
	writer, err := feedPipe(pipe, b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	tty.has("read 136.0 B so far")
	writer.Close()
	if code := tty.ended(); code != exitOK {
		t.Errorf("it ended with %d", code)
	}
	if screen := tty.has("1 connection in 2 TCP segments"); strings.Contains(screen, "so far") {
		t.Errorf("a trace is left:\n%s", screen)
	}
}

// TestRunShown: what takes long says what is under way, and leaves no trace.
func TestRunShown(t *testing.T) {
	needAble(t, "private")
	slow, err := exec.LookPath("slow")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("NAP", "10m") // so that they are under way however slow the machine is
	tty := onTerminal(t, 24, 80, slow, "run", "nap-01", "nap-02", "clean-close", "-o", filepath.Join(t.TempDir(), "report.txt"))
	tty.shows("both naps, in whichever order they began", func(screen string) bool {
		return strings.Contains(screen, "1 of 3 · nap-01, nap-02") || strings.Contains(screen, "1 of 3 · nap-02, nap-01")
	})
	if err := tty.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := tty.ended(); code != exitInterrupted {
		t.Errorf("it ended with %d", code)
	}
	if screen := tty.has("rstwatch: interrupted"); strings.Contains(screen, "of 3") {
		t.Errorf("a trace is left:\n%s", screen)
	}
}

// TestProgressWanted: a terminal that can not move its cursor, and whoever wants
// to hear of what goes wrong alone, are not told.
func TestProgressWanted(t *testing.T) {
	master, slave, err := openTerminal()
	if err != nil {
		t.Skipf("needs a pseudo-terminal: %v", err)
	}
	defer master.Close()
	defer slave.Close()
	for _, c := range []struct {
		term          string
		quiet, wanted bool
	}{{"xterm", false, true}, {"xterm", true, false}, {"dumb", false, false}} {
		t.Setenv("TERM", c.term)
		f := newOutputFlags()
		f.quiet = c.quiet
		if got := f.newProgress(slave) != nil; got != c.wanted {
			t.Errorf("on %s, quiet %v: told %v", c.term, c.quiet, got)
		}
	}
}
