package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
)

func TestReadingLine(t *testing.T) {
	for _, c := range []struct {
		read, of int64
		width    int
		ascii    bool
		want     string
	}{
		{0, 2_000_000, 80, true, strings.Repeat("-", 38) + "    0 %  0.0 of 2.0 MB"},
		{1_500_000, 2_000_000, 80, true, strings.Repeat("#", 28) + strings.Repeat("-", 10) + "   75 %  1.5 of 2.0 MB"},
		{1_500_000, 2_000_000, 40, false, strings.Repeat("█", 12) + strings.Repeat("░", 5) + "   75 %  1.5 of 2.0 MB"},
		{1_500_000, 2_000_000, 30, false, " 75 %  1.5 of 2.0 MB"},
		{9, 5, 80, true, strings.Repeat("#", 39) + "  100 %  5.0 of 5.0 B"},
		{3_210_000_000_000_000, 4e15, 20, true, " 80 %  3210.0 of 4000.0 TB"},
		{1 << 62, 1 << 62, 80, true, strings.Repeat("#", 26) + "  100 %  4611686.0 of 4611686.0 TB"},
		{999, 0, 80, false, "read 999.0 B so far"},
		{1_250_000, 0, 80, false, "read 1.2 MB so far"},
	} {
		got := readingLine(func() (int64, int64) { return c.read, c.of }, c.width, c.ascii)
		if got != c.want || lipgloss.Width(got) > readingWidth {
			t.Errorf("%d of %d, %d columns: %q, want %q", c.read, c.of, c.width, got, c.want)
		}
	}
}

// The line is drawn again and again until it is erased, and never after that.
func TestReadingProgress(t *testing.T) {
	var b bytes.Buffer
	read := int64(0)
	p := &progress{w: &b, width: 80, reading: func() (int64, int64) { read += 1000; return read, 0 }}
	p.timer = time.AfterFunc(time.Hour, p.again)
	p.again()
	p.again()
	p.erase()
	p.again()
	if want := "\rread 1.0 kB so far\x1b[K\rread 2.0 kB so far\x1b[K\r\x1b[K"; b.String() != want {
		t.Errorf("drawn %q\nwant  %q", b.String(), want)
	}
	if p.timer.Stop() {
		t.Error("it would be drawn once more")
	}
	if (&outputFlags{}).startReading(&b, nil) != nil {
		t.Error("shown where there is no terminal")
	}
}
