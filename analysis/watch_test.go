//go:build mutate

package analysis

import (
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Watched notes, of each row of a model, the states in which it was come to, so
// that a mutant need not be tried where its row is never asked.
type Watched struct {
	Model *Model
	met   map[[2]string]*meeting
}

// meeting is where a row was come to: the states in which its condition held,
// and all of them. A state need not be one that the row is about.
type meeting struct{ held, asked states }

// WatchRows returns a model that gives the same results as m, and takes notes.
func WatchRows(m *Model) *Watched {
	w := &Watched{&Model{Name: m.Name, Source: m.Source, icmpErrors: m.icmpErrors}, make(map[[2]string]*meeting)}
	at := func(name, source string) *meeting {
		n := &meeting{}
		w.met[[2]string{name, source}] = n
		return n
	}
	for _, r := range m.segments {
		n, in, when := at(r.name, r.source), r.in, r.when
		r.in, r.when = anyState, func(e *endpoint, s *capture.Segment) bool {
			return n.note(e, in, when == nil || when(e, s))
		}
		w.Model.segments = append(w.Model.segments, r)
	}
	for _, r := range m.calls {
		n, in, when := at(r.name, r.source), r.in, r.when
		r.in, r.when = anyState, func(e *endpoint, ev *scenario.Event) bool {
			return n.note(e, in, when == nil || when(e, ev))
		}
		w.Model.calls = append(w.Model.calls, r)
	}
	for _, r := range m.timers {
		n, in, when := at(r.name, r.source), r.in, r.when
		r.in, r.when = anyState, func(e *endpoint) bool { return n.note(e, in, when == nil || when(e)) }
		w.Model.timers = append(w.Model.timers, r)
	}
	return w
}

func (n *meeting) note(e *endpoint, about states, holds bool) bool {
	n.asked |= 1 << e.state
	if holds {
		n.held |= 1 << e.state
	}
	return holds && about.has(e.state)
}

// Meets reports whether the mutant can make a difference to what was watched.
func (w *Watched) Meets(m Mutant) bool {
	n := w.met[m.key]
	switch {
	case n == nil, m.Field == "reset", m.Field == "ops":
		return true // an ICMP error, or a row that is asked in more places now
	case m.Field == "in":
		return n.held.has(m.state)
	case m.Field == "when":
		return n.asked&m.in != 0
	}
	return n.held&m.in != 0
}
