package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"
)

const (
	// readingAfter is how long it takes until a reading is told of, and
	// readingEvery how often from then on.
	readingAfter = time.Second
	readingEvery = 200 * time.Millisecond
	// readingWidth is how many columns the line takes at the most.
	readingWidth = 60
)

// startReading shows how far a reading is, once it has taken readingAfter, if
// stderr is a terminal. far says how many octets were read, and of how many; 0
// if nobody knows.
func (f *outputFlags) startReading(stderr io.Writer, far func() (read, of int64)) *progress {
	p := f.newProgress(stderr)
	if p == nil {
		return nil
	}
	p.reading = far
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(readingAfter, p.again)
	return p
}

// again draws the line and goes on to do so.
func (p *progress) again() {
	p.change(func() {
		p.shown = true
		if !p.over {
			p.timer.Reset(readingEvery)
		}
	})
}

// readingLine is a bar and the figures, or the figures alone where there is no
// end or no room.
func readingLine(far func() (read, of int64), width int, ascii bool) string {
	read, of := far()
	if of <= 0 {
		amount, unit := octets(read)
		return fmt.Sprintf("read %.1f %s so far", amount(read), unit)
	}
	share := min(float64(read)/float64(of), 1)
	amount, unit := octets(of)
	figures := fmt.Sprintf("%3d %%  %.1f of %.1f %s", int(100*share), amount(min(read, of)), amount(of), unit)
	room := min(width-1, readingWidth) - lipgloss.Width(figures) - 2
	if room < 10 {
		return figures
	}
	full, empty := "█", "░"
	if ascii {
		full, empty = "#", "-"
	}
	n := int(float64(room) * share)
	return strings.Repeat(full, n) + strings.Repeat(empty, room-n) + "  " + figures
}

// octets returns the unit in which so many are told best.
func octets(n int64) (amount func(int64) float64, unit string) {
	scale := 1.0
	for _, unit = range []string{"B", "kB", "MB", "GB", "TB"} {
		if float64(n) < 1000*scale || unit == "TB" {
			break
		}
		scale *= 1000
	}
	return func(n int64) float64 { return float64(n) / scale }, unit
}
