package trace

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Trace is what a text says happened, and what it expects of the model.
type Trace struct {
	Evidence analysis.Evidence
	Steps    []Step       // the lines with calls and segments, in order
	Recorded bool         // lines declare sockets and hosts: it was printed, or is written as if it had been
	About    analysis.Run // what lines such as run and platform say; not its evidence and explanation
	Assumes  int          // the first line that says what no performance takes: which model applies, what a socket is; 0 if none does
	expected []expectation
	standing []standing
}

// Step is a line with a call or a segment.
type Step struct {
	Line    int    // from 1
	Name    string // whose call, or who sends: "client", "server.2"
	To      string // to whom a segment goes
	Event   int    // the ID of the call, 0 for a segment
	Waits   bool   // the call begins here, and returns on a later line
	Returns bool   // the call returns here, and has begun on an earlier line
	Listens bool   // the call is on a listener, or on what bind has bound
	Text    string // what a write writes, where the line has it
	Within  time.Duration
	Segment int // the ID of the segment, 0 for a call
}

// Parse reads a trace. An error is a [*LineError].
func Parse(text string) (*Trace, error) {
	p := newParser()
	for i, line := range strings.Split(text, "\n") {
		p.line = i + 1
		words, err := split(line)
		if err == nil && len(words) > 0 {
			err = p.parse(words)
		}
		if err != nil {
			return nil, &LineError{p.line, err}
		}
	}
	if err := p.lend(); err != nil {
		return nil, err
	}
	p.finish()
	return p.trace, nil
}

// parser holds what the lines read so far have established.
type parser struct {
	trace    *Trace
	line     int
	step     int // how many moments have been used
	latest   time.Time
	epoch    time.Time
	recorded bool // ends are declared
	ends     map[string]*end
	flows    map[path]*flow
	open     []opened          // calls that have begun and not returned
	calls    []*scenario.Event // all, in order
	borrowed []borrowed
}

// opened is a call that is under way.
type opened struct {
	name string
	call *scenario.Event
}

func newParser() *parser {
	return &parser{
		trace: &Trace{Evidence: analysis.Evidence{Model: analysis.Linux()}},
		epoch: time.Unix(1, 0).UTC(),
		ends:  make(map[string]*end),
		flows: make(map[path]*flow),
	}
}

func (p *parser) parse(words []string) error {
	done, err := p.about(words)
	if done || len(words) > 2 && words[1] == "is" || slices.Contains(words[:min(2, len(words))], "kernel") {
		p.trace.Assumes = cmp.Or(p.trace.Assumes, p.line)
	}
	if done || err != nil {
		return err
	}
	if len(words) > 2 && words[1] == "is" {
		e, err := p.end(words[0])
		if err == nil {
			p.is(e, words[2:])
		}
		return err
	}
	at, end, words, err := p.times(words)
	if err != nil {
		return err
	}
	if p.latest = later(p.latest, end); len(words) < 2 {
		return errors.New("a line is ROLE OP, or ROLE > ROLE FLAGS")
	}
	switch {
	case words[0] == "lost":
		return p.lost(words[1:], at, end)
	case words[0] == "kernel":
		return p.signal(words[1:], at)
	case words[0] == "net" && words[1] == ">":
		return p.icmp(words[2:], at)
	}
	e, err := p.end(words[0])
	if err != nil {
		return err
	}
	if words[1] == ">" {
		return p.segment(e, words[2:], at)
	}
	return p.call(e, words[1:], at, end)
}

// times takes the times and the number of a segment off a line: "0.001",
// "0.001..0.002" or "0.001..", "#3". A line without any comes a millisecond
// after the one before.
func (p *parser) times(words []string) (at, end time.Time, rest []string, err error) {
	p.step++
	at = p.epoch.Add(time.Duration(p.step) * time.Millisecond)
	end = at.Add(100 * time.Microsecond)
	first, second, both := strings.Cut(words[0], "..")
	if from, ok := seconds(first); ok {
		at, words = p.epoch.Add(from), words[1:]
		end = at.Add(100 * time.Microsecond)
		to, ok := seconds(second)
		switch {
		case both && ok && to >= from:
			end = p.epoch.Add(to)
		case both && second == "":
			end = time.Time{}
		case both:
			return at, end, nil, fmt.Errorf("%s is no interval: it is such as 0.001..0.002, in seconds", first+".."+second)
		}
	}
	if len(words) > 0 && strings.HasPrefix(words[0], "#") {
		if next := "#" + strconv.Itoa(len(p.trace.Evidence.Segments)+1); words[0] != next {
			return at, end, nil, fmt.Errorf("%s is not the number of this segment, which is %s", words[0], next)
		}
		words = words[1:]
	}
	return at, end, words, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// seconds reads a number of seconds with at most nine decimals, such as
// "0.001" or "-2".
func seconds(word string) (time.Duration, bool) {
	digits, negative := strings.CutPrefix(word, "-")
	whole, decimals, _ := strings.Cut(digits, ".")
	n, err := strconv.ParseUint(whole, 10, 32)
	if err != nil || len(decimals) > 9 {
		return 0, false
	}
	fraction, err := strconv.ParseUint((decimals + "000000000")[:9], 10, 32)
	if err != nil {
		return 0, false
	}
	d := time.Duration(n)*time.Second + time.Duration(fraction)
	if negative {
		d = -d
	}
	return d, true
}

// lost reads "lost FRAMES": what the capture lost within the interval.
func (p *parser) lost(words []string, from, to time.Time) error {
	n, err := strconv.ParseUint(words[0], 10, 64)
	if err != nil || len(words) != 1 || to.IsZero() {
		return errors.New("frames that were lost are FROM..TO lost FRAMES")
	}
	e := &p.trace.Evidence
	e.Losses = append(e.Losses, analysis.Loss{From: from, To: to, Frames: n})
	return nil
}

func (p *parser) add(s capture.Segment, expect expectation) {
	s.ID = len(p.trace.Evidence.Segments) + 1
	expect.segment = s.ID
	p.trace.Evidence.Segments = append(p.trace.Evidence.Segments, s)
	p.trace.expected = append(p.trace.expected, expect)
}

func (p *parser) finish() {
	t := p.trace
	t.Recorded = p.recorded
	for _, ev := range p.calls {
		t.Evidence.Events = append(t.Evidence.Events, *ev)
	}
	slices.SortStableFunc(t.Evidence.Segments, func(a, b capture.Segment) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
	p.renumber()
	t.About.Capture.Stats.Delivered = uint64(len(t.Evidence.Segments))
	for _, l := range t.Evidence.Losses {
		t.About.Capture.Stats.Dropped += l.Frames
	}
}

// renumber gives the segments their numbers in order of time, which need not be
// that of the lines.
func (p *parser) renumber() {
	number := make(map[int]int)
	for i := range p.trace.Evidence.Segments {
		s := &p.trace.Evidence.Segments[i]
		number[s.ID], s.ID = i+1, i+1
	}
	for i := range p.trace.expected {
		w := &p.trace.expected[i]
		w.segment = number[w.segment]
		if n := number[w.cause]; n != 0 {
			w.cause = n // one that is not there stays wrong
		}
	}
	for i := range p.trace.Steps {
		p.trace.Steps[i].Segment = number[p.trace.Steps[i].Segment]
	}
}

// plain is an address as segments have it, without a zone.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().WithZone(""), a.Port())
}
