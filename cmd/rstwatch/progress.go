package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// progressAfter is how long it takes until a run is told of as under way.
const progressAfter = 500 * time.Millisecond

// progress is a line on the terminal that says how far a long run is, or a
// reading. A nil one says nothing.
type progress struct {
	mu          sync.Mutex
	w           io.Writer
	width       int
	ascii       bool
	total, done int
	underWay    []string
	reading     func() (read, of int64) // of captures; nil in a run
	timer       *time.Timer
	shown, over bool
}

// startProgress shows a line on stderr once it has taken progressAfter, if that
// is a terminal.
func (f *outputFlags) startProgress(stderr io.Writer, total int) *progress {
	p := f.newProgress(stderr)
	if p != nil {
		p.total = total
		p.timer = time.AfterFunc(progressAfter, p.show)
	}
	return p
}

// newProgress returns nil where no progress is to be shown.
func (f *outputFlags) newProgress(stderr io.Writer) *progress {
	width, terminal := terminalWidth(stderr)
	if !terminal || f.quiet || os.Getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{w: stderr, width: width, ascii: f.ascii}
}

// begin says that a performance is under way.
func (p *progress) begin(name string) {
	p.change(func() { p.underWay = append(p.underWay, name) })
}

// end says that it is not any more.
func (p *progress) end(name string) {
	p.change(func() {
		p.done++
		if i := slices.Index(p.underWay, name); i >= 0 {
			p.underWay = slices.Delete(p.underWay, i, i+1)
		}
	})
}

// show makes the line visible.
func (p *progress) show() { p.change(func() { p.shown = true }) }

// erase takes the line away for good.
func (p *progress) erase() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.timer != nil {
		p.timer.Stop()
	}
	if p.shown && !p.over {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.over = true
}

// change notes something and draws the line anew.
func (p *progress) change(note func()) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	note()
	if p.shown && !p.over {
		fmt.Fprintf(p.w, "\r%s\x1b[K", p.line())
	}
}

// line is the text, short enough that a terminal does not break it.
func (p *progress) line() string {
	if p.reading != nil {
		return readingLine(p.reading, p.width, p.ascii)
	}
	dot, dots := " · ", "…"
	if p.ascii {
		dot, dots = " - ", "..."
	}
	text, between := fmt.Sprintf("%d of %d", p.done, p.total), dot
	for _, name := range p.underWay {
		longer := text + between + report.Clean(name)
		if lipgloss.Width(longer+" "+dots) >= p.width {
			return text + " " + dots
		}
		text, between = longer, ", "
	}
	return text
}
