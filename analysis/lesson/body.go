package lesson

import (
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
)

// body is the part of the screen that scrolls: the ladders, and in the end what
// there is to say of each call that failed.
type body struct {
	of     *analysis.Run // what was drawn
	spot   int
	width  int
	over   bool
	lines  []string
	heads  []int // where the ladders begin: each with the names of its applications
	ladder int   // the lines that are ladders; the rest is verdicts
}

// body draws what is looked at, unless it has been drawn already.
func (l *Lesson) body() *body {
	k, over := l.current(), l.over && !l.back()
	if b := &l.drawn; b.of == l.now.Run && b.spot == k && b.width == l.width && b.over == over {
		return b
	}
	l.drawn = body{of: l.now.Run, spot: k, width: l.width, over: over}
	b := &l.drawn
	if k < 0 {
		b.lines = l.opening()
		return b
	}
	run := until(l.now.Run, l.spots, k)
	o := report.Options{Width: l.width, Color: l.opts.Color, ASCII: l.opts.ASCII, States: l.opts.States, Verbose: l.opts.Verbose, UnderWay: !over}
	b.lines = draw(func(w *strings.Builder) { report.Ladder(w, run, o) })
	b.ladder = len(b.lines)
	for i := range b.lines {
		if i == 0 || b.lines[i-1] == "" {
			b.heads = append(b.heads, i)
		}
	}
	if over {
		b.lines = append(b.lines, draw(func(w *strings.Builder) { report.Verdicts(w, run, o) })...)
	}
	return b
}

// draw returns the lines of what is written.
func draw(write func(*strings.Builder)) []string {
	var b strings.Builder
	write(&b) // a strings.Builder has no errors
	return strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
}

// opening is what is seen before anything has happened: what the story is about.
func (l *Lesson) opening() []string {
	lines := []string{""}
	for _, t := range wrap(report.Clean(strings.ReplaceAll(l.now.Run.Story, "\n", " ")), l.width-8) {
		lines = append(lines, "    "+t)
	}
	return append(lines, "")
}

// first is the first line of the body that is seen in so many rows: the one that
// was scrolled to, or what makes the latest visible.
func (l *Lesson) first(b *body, room int) int {
	last := max(len(b.lines)-room, 0)
	switch {
	case l.top != bottom:
		return min(l.top, last)
	case b.over && b.ladder < len(b.lines):
		return min(max(b.ladder-4, 0), last) // how it ended, and the first verdict
	case b.spot < 0 || len(b.heads) < 2:
		return last
	}
	end := len(b.lines)
	if next := l.spots[b.spot].ladder + 1; next < len(b.heads) {
		end = b.heads[next]
	}
	return max(end-room, 0)
}

// seenLines are the rows of the body, with the names of the applications above
// them wherever it has been scrolled to.
func (l *Lesson) seenLines(room int) (lines []string, above, below int) {
	b := l.body()
	top := l.first(b, room)
	lines = b.lines[top:min(top+room, len(b.lines))]
	above, below = top, len(b.lines)-top-len(lines)
	head := -1
	for _, h := range b.heads {
		if h < top && top < b.ladder {
			head = h
		}
	}
	if head >= 0 && len(lines) > 0 {
		lines = append([]string{b.lines[head]}, lines[1:]...)
	}
	return lines, above, below
}
