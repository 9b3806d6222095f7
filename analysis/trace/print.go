package trace

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Print writes runs as text that [Read] reads: everything the model goes by,
// with what it says of each call and each RST as an expectation. Sequence
// numbers are relative, frames are left out, and of errors what Go printed,
// unless that is all there is to know. The text is printable ASCII.
func Print(w io.Writer, runs []*analysis.Run) error {
	b := bufio.NewWriter(w)
	for i, r := range runs {
		if i > 0 {
			fmt.Fprintln(b)
		}
		newPrinter(b, r).print()
	}
	return b.Flush()
}

// printer prints one run.
type printer struct {
	w     *bufio.Writer
	run   *analysis.Run
	epoch time.Time
	names *names
	flows map[path]*flow
}

func newPrinter(w *bufio.Writer, r *analysis.Run) *printer {
	p := &printer{w: w, run: r, flows: make(map[path]*flow)}
	p.names = nameEnds(&r.Evidence)
	for _, ev := range r.Evidence.Events {
		p.epoch = earlier(p.epoch, ev.Start)
	}
	for _, s := range r.Evidence.Segments {
		p.epoch = earlier(p.epoch, s.Time)
	}
	for _, s := range r.Evidence.Signals {
		p.epoch = earlier(p.epoch, s.Time)
	}
	return p
}

// earlier returns the earlier of two times, of which the zero one is none.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b
	}
	return a
}

func (p *printer) print() {
	p.head()
	events, segments, signals := p.run.Evidence.Events, p.run.Evidence.Segments, p.run.Evidence.Signals
	for len(events)+len(segments)+len(signals) > 0 {
		if len(signals) > 0 && (len(events) == 0 || signals[0].Time.Before(events[0].Start)) && (len(segments) == 0 || signals[0].Time.Before(segments[0].Time)) {
			p.line(p.at(signals[0].Time), "", p.signal(&signals[0]))
			signals = signals[1:]
			continue
		}
		if len(segments) == 0 || len(events) > 0 && events[0].Start.Before(segments[0].Time) {
			p.line(p.interval(&events[0]), "", p.call(&events[0]))
			events = events[1:]
			continue
		}
		s := &segments[0]
		p.line(p.at(s.Time), fmt.Sprintf("#%d ", s.ID), p.segment(s))
		segments = segments[1:]
	}
	for _, l := range p.run.Evidence.Losses {
		p.line(p.at(l.From)+".."+p.at(l.To), "", fmt.Sprintf("lost %d", l.Frames))
	}
}

// line prints one line, with its times in a column of their own.
func (p *printer) line(when, number, text string) {
	const width = len("0.000000000..0.000000000 ")
	fmt.Fprintf(p.w, "%-*s%s%s\n", max(width, len(when)+1), when, number, text)
}

// head prints what is said of the whole run.
func (p *printer) head() {
	r := p.run
	sandboxed := ""
	if r.Sandboxed {
		sandboxed = " sandboxed"
	}
	if origin := r.Origin(); origin != "" {
		fmt.Fprintf(p.w, "# %s\n", strings.Trim(strconv.QuoteToASCII(origin), `"`))
	}
	fmt.Fprintf(p.w, "run %d %s %s%s\n", r.Number, word(r.Scenario), word(string(r.Family)), sandboxed)
	for _, l := range []struct{ what, text string }{{"summary", r.Summary}, {"differs", r.Differs}, {"trouble", r.Trouble}} {
		if l.text != "" {
			fmt.Fprintf(p.w, "%s %s\n", l.what, strconv.QuoteToASCII(l.text))
		}
	}
	if r.Platform.OS != "" {
		fmt.Fprintf(p.w, "platform %s %s\n", word(r.Platform.OS), word(r.Platform.Release))
	}
	if r.Capture.Interface != "" || r.Capture.Backend != "" {
		fmt.Fprintf(p.w, "captured %s %s\n", word(r.Capture.Interface), word(r.Capture.Backend))
	}
	fmt.Fprintf(p.w, "model %s\n", r.Evidence.Model.Name)
	if !p.epoch.IsZero() {
		fmt.Fprintf(p.w, "epoch %s\n", p.epoch.UTC().Format(time.RFC3339Nano))
	}
	if text := p.hearing(&r.Evidence.Hearing); text != "" {
		fmt.Fprintln(p.w, text)
	}
	for _, l := range p.names.declarations {
		fmt.Fprintln(p.w, l)
	}
	fmt.Fprintln(p.w)
}

// at is a time in seconds since the epoch.
func (p *printer) at(t time.Time) string { return decimal(t.Sub(p.epoch)) }

// decimal writes a duration as seconds and their nine decimals.
func decimal(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	return fmt.Sprintf("%s%d.%09d", sign, d/time.Second, d%time.Second)
}

func (p *printer) interval(ev *scenario.Event) string {
	if ev.End.IsZero() {
		return p.at(ev.Start) + ".."
	}
	return p.at(ev.Start) + ".." + p.at(ev.End)
}

// call prints a call, what it returned, and what the model says of it.
func (p *printer) call(ev *scenario.Event) string {
	words := []string{p.names.caller(ev), word(string(ev.Op))}
	switch ev.Op {
	case scenario.OpPoll:
		words = append(words, pollText(ev.Asked))
	case scenario.OpRead, scenario.OpWrite, scenario.OpPeek, scenario.OpSetLinger, scenario.OpShutdown:
		words = append(words, strconv.Itoa(ev.Asked))
	default:
		if ev.Asked != 0 {
			words = append(words, strconv.Itoa(ev.Asked))
		}
	}
	if !ev.Deadline.IsZero() {
		words = append(words, "deadline", p.at(ev.Deadline))
	}
	if ev.End.IsZero() {
		return strings.Join(words, " ")
	}
	const column = 30 // where the results stand, if they can
	c, _ := p.run.Call(ev.ID)
	words = []string{fmt.Sprintf("%-*s", column, strings.Join(words, " ")), "=", p.result(ev, c.Predicted)}
	if v := p.run.Verdict(ev.ID); v != nil {
		switch {
		case v.Cause.Segment != 0:
			words = append(words, "<-", fmt.Sprintf("#%d", v.Cause.Segment))
		case v.Outcome == analysis.Explained:
			words = append(words, "<-", "none")
		}
		if v.Outcome != analysis.Explained {
			words = append(words, "!", v.Outcome.String())
		}
	}
	if c.Rule != "" {
		words = append(words, "rule", word(c.Rule))
	}
	if ev.State != "" {
		words = append(words, "state", word(ev.State), "by", p.at(ev.StateAt))
	}
	if ev.Fault == scenario.Other && ev.Err != "" {
		words = append(words, "error", strconv.QuoteToASCII(ev.Err))
	}
	return strings.Join(words, " ")
}

// result prints what a call returned and what else the model allows.
func (p *printer) result(ev *scenario.Event, predicted []scenario.Fault) string {
	var first string
	switch {
	case ev.Fault != "" && ev.N != 0:
		first = fmt.Sprintf("%d + %s", ev.N, faultWord(ev.Fault))
		if !strings.Contains(first, `"`) {
			first = strings.ReplaceAll(first, " ", "")
		}
	case ev.Fault != "":
		first = faultWord(ev.Fault)
	case ev.Op == scenario.OpPoll:
		first = pollText(ev.N)
	case ev.Op == scenario.OpRead || ev.Op == scenario.OpWrite || ev.Op == scenario.OpPeek || ev.N != 0:
		first = strconv.Itoa(ev.N)
	default:
		first = "ok"
	}
	all := []string{first}
	for _, f := range predicted {
		switch f {
		case ev.Fault:
		case "":
			all = append(all, "ok")
		default:
			all = append(all, faultWord(f))
		}
	}
	if !slices.Contains(predicted, ev.Fault) {
		all = append(all, unforeseen)
	}
	if strings.Contains(strings.Join(all, ""), `"`) {
		return strings.Join(all, " | ") // what is quoted is a word of its own
	}
	return strings.Join(all, "|")
}

// unforeseen stands among results for: the model does not say what was
// returned.
const unforeseen = "?"

// faultWord is a fault as it stands in a text; one of a file's own may be
// anything.
func faultWord(f scenario.Fault) string {
	text := string(f)
	if text != "" && strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "" && !digit(text[0]) {
		if _, poll := pollBits(text); !poll {
			return text
		}
	}
	return strconv.QuoteToASCII(text)
}
