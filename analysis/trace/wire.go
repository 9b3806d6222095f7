package trace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/capture"
)

// wire finds the segments of the text among those captured.
func (m *match) wire() {
	numbers := m.relative()
	next := make(map[path]int) // the place to look from
	expected := make(map[int]*expectation)
	for i := range m.text.expected {
		expected[m.text.expected[i].segment] = &m.text.expected[i]
	}
	for _, step := range m.text.Steps {
		w := expected[step.Segment]
		if step.Segment == 0 || w == nil || step.Name == "net" {
			continue
		}
		want := m.segment(step.Segment)
		way := path{m.addrs[step.Name], m.addrs[step.To]}
		var passed []string
		found := false
		for i := next[way]; i < len(m.run.Evidence.Segments) && !found; i++ {
			s := &m.run.Evidence.Segments[i]
			if s.Src != way.src || s.Dst != way.dst || s.ICMP.Is() {
				continue
			}
			if found = s.Flags == want.Flags && w.given.fit(w.figures, numbers[s.ID]); found {
				m.segments[step.Segment], next[way] = s.ID, i+1
			}
			if s.Len > 0 || s.Flags&want.Flags&^capture.ACK != 0 || s.Flags&(capture.FIN|capture.RST) != 0 || s.Flags == want.Flags {
				passed = append(passed, s.Flags.String()+w.given.text(numbers[s.ID])) // what it could be taken for
			}
		}
		if found {
			continue
		}
		came := "nor anything else after what is above"
		if len(passed) > 0 {
			came = "but " + strings.Join(passed, ", ")
		}
		m.fail(step.Line, "%s > %s %s%s did not come, %s", step.Name, step.To, want.Flags, w.given.text(w.figures), came)
	}
}

func (m *match) segment(id int) *capture.Segment {
	i := slices.IndexFunc(m.text.Evidence.Segments, func(s capture.Segment) bool { return s.ID == id })
	return &m.text.Evidence.Segments[i]
}

// figures are the numbers of a segment that a text may give.
type figures struct{ seq, ack, win, len int }

// relative returns the relative numbers of what was captured, by ID.
func (m *match) relative() map[int]figures {
	flows := make(map[path]*flow)
	of := func(p path) *flow {
		if flows[p] == nil {
			flows[p] = &flow{}
		}
		return flows[p]
	}
	all := make(map[int]figures)
	for i := range m.run.Evidence.Segments {
		s := &m.run.Evidence.Segments[i]
		if s.ICMP.Is() {
			continue
		}
		out, back := of(path{s.Src, s.Dst}), of(path{s.Dst, s.Src})
		f := figures{win: s.Window, len: s.Len, seq: int(uint32(s.Seq))}
		if !out.answers(s.Flags) {
			f.seq = out.relative(s.Seq, s.Flags.Has(capture.SYN))
		}
		if s.Flags.Has(capture.ACK) {
			f.ack = back.relative(s.Ack, false)
			back.known = true
		}
		out.sent(s)
		all[s.ID] = f
	}
	return all
}

// fit reports whether the numbers that are given are the same.
func (g given) fit(a, b figures) bool {
	return (!g.seq || a.seq == b.seq) && (!g.ack || a.ack == b.ack) && (!g.win || a.win == b.win) && (!g.len || a.len == b.len)
}

// text says the numbers that are given.
func (g given) text(f figures) (text string) {
	for _, n := range []struct {
		is    bool
		name  string
		value int
	}{{g.seq, "seq", f.seq}, {g.ack, "ack", f.ack}, {g.len, "len", f.len}, {g.win, "win", f.win}} {
		if n.is {
			text += fmt.Sprintf(" %s %d", n.name, n.value)
		}
	}
	return text
}
