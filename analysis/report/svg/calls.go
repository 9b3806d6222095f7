package svg

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// callPlace is where a call is drawn: in which steps and rows it begins and ends.
type callPlace struct {
	edge, place int
	first, last int // steps
	from, to    int // rows
}

// callWords are the words of the step that begins or ends a call, or both.
func (p *picture) callWords(i int) []label {
	st := &p.ladder.Steps[i]
	c := p.calls[st.Call.ID]
	say, mark := scene.Doing(st.Call), outcome(st.Call)
	if v := p.run.Verdict(st.Call.ID); v != nil && v.Cause.Segment != 0 && mark != "" {
		mark += fmt.Sprintf(" ← #%d", v.Cause.Segment)
	}
	switch {
	case c.first == c.last:
	case c.first == i:
		mark = ""
	default:
		say = ""
		if mark == "" {
			mark = "→ ok"
		}
	}
	anchor, class := start, ""
	if st.Edge == 0 {
		anchor = end
	}
	if failed(st.Call) && mark != "" {
		class = "err"
	}
	say, mark = clean(say), clean(mark)
	one := label{x: p.words(st.Edge), y: 4, size: callSize, anchor: anchor, class: class, text: say, mark: mark}
	if measure(one.plain(), callSize) <= labelWidth {
		return []label{one}
	}
	var list []label
	add := func(lines []string, result bool) {
		for _, t := range lines {
			l := label{x: one.x, y: 4 + len(list)*(callSize+3), size: callSize, anchor: anchor, class: class}
			if result {
				l.mark = t
			} else {
				l.text = t
			}
			list = append(list, l)
		}
	}
	add(wrap(say, callSize, labelWidth, 2), false)
	add(wrap(mark, callSize, labelWidth, 2), true)
	return list
}

// drawCall draws the call that begins in a step.
func (p *picture) drawCall(i int) {
	st := &p.ladder.Steps[i]
	c := p.calls[st.Call.ID]
	it := item{class: "call", key: fmt.Sprintf("e%d", st.Call.ID), steps: fmt.Sprint(i), title: p.callTitle(st.Call),
		from: p.rows[c.from].y, to: p.rows[c.from].y, words: p.callWords(i)}
	if failed(st.Call) {
		it.class += " fault"
	}
	if p.chain[st.Item()] {
		it.class += " chain"
	}
	x := p.bar(st.Edge, c.place)
	if c.first == c.last {
		it.body = append(it.body, fmt.Sprintf(`<rect class="r" x="%d" y="-7" width="%d" height="14" rx="2"/>`, x, barWidth), p.leader(c))
		p.items = append(p.items, it)
		return
	}
	it.steps = fmt.Sprintf("%d,%d", c.first, c.last)
	it.to = p.rows[c.to].y
	it.bar = &bar{x: x, w: barWidth, class: "r", round: 2}
	it.body, it.tail = []string{p.leader(c)}, []string{p.leader(c)}
	if st.Call.End.IsZero() {
		it.class += " open"
	}
	it.tailWords = p.callWords(c.last)
	p.items = append(p.items, it)
}

// leader is the line from a call's words to its bar, none if they are neighbours.
func (p *picture) leader(c *callPlace) string {
	if c.place == p.at[c.edge]-1 {
		return ""
	}
	x, to := p.words(c.edge)+inward(c.edge)*3, p.bar(c.edge, c.place)
	if c.edge == 1 {
		to += barWidth
	}
	return line("t", "M%d 0H%d", x, to)
}

// callTitle tells all of a call in a line.
func (p *picture) callTitle(ev *scenario.Event) string {
	parts := []string{scene.Title(ev)}
	if p.brief {
		return clean(parts[0])
	}
	if ev.Err != "" {
		parts = append(parts, ev.Err)
	}
	when := p.clock(ev.Start) + " ms"
	if !ev.End.IsZero() {
		when = p.clock(ev.Start) + " to " + p.clock(ev.End) + " ms"
	}
	parts = append(parts, when)
	if heard := p.ladder.Steps[p.calls[ev.ID].last].Heard; heard != "" {
		parts = append(parts, "its kernel then said "+heard)
	}
	return clean(strings.Join(parts, "; "))
}

// outcome is what a call returned, in as few words as it takes.
func outcome(ev *scenario.Event) string {
	if t := scene.Outcome(ev); t != "→ ok" {
		return t
	}
	return ""
}

// failed reports whether a call returned an error; the end of a stream is none.
func failed(ev *scenario.Event) bool { return ev.Fault != "" && ev.Fault != scenario.EOF }
