//go:build mutate

package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Mutant is the tables with one thing changed in one row.
type Mutant struct {
	Row    string // with its model, or "both": "linux write-takes-error"
	Field  string
	Was    string
	Value  string
	Models map[string]*Model // those that the row belongs to, changed

	key   [2]string // of the row: its name and its source
	in    states    // that the row is about
	state State     // that is added, or taken away
}

// Name is how a list calls the mutant.
func (m Mutant) Name() string { return m.Row + " " + m.Field + " " + m.Value }

// String says what it changes.
func (m Mutant) String() string {
	return fmt.Sprintf("%s: %s %s → %s", m.Row, m.Field, m.Was, m.Value)
}

// change is one way to change a row. A nil apply removes it.
type change[R any] struct {
	field, was, value string
	apply             func(*R)
	state             State // of a change of the states
}

// Mutants returns every mutant of both models. A row that both have is changed
// in both.
func Mutants() []Mutant {
	models := []*Model{Linux(), Darwin()}
	v := vocabularyOf(models)
	return slices.Concat(
		mutants(models, func(m *Model) *[]segmentRule { return &m.segments },
			func(r *segmentRule) [2]string { return [2]string{r.name, r.source} },
			func(r *segmentRule) states { return r.in }, v.segment, segmentStates),
		mutants(models, func(m *Model) *[]callRule { return &m.calls },
			func(r *callRule) [2]string { return [2]string{r.name, r.source} },
			func(r *callRule) states { return r.in }, v.call, callStates),
		mutants(models, func(m *Model) *[]timerRule { return &m.timers },
			func(r *timerRule) [2]string { return [2]string{r.name, r.source} },
			func(r *timerRule) states { return r.in }, v.timer,
			func(m *Model, _ int) states { return m.states() }),
		mutants(models, func(m *Model) *[]icmpRule { return &m.icmpErrors },
			func(r *icmpRule) [2]string { return [2]string{r.name, r.source} },
			func(*icmpRule) states { return anyState }, v.icmp,
			func(*Model, int) states { return 0 }),
	)
}

func mutants[R any](models []*Model, table func(*Model) *[]R, key func(*R) [2]string, about func(*R) states,
	changes func(*R, states) []change[R], reach func(*Model, int) states) (list []Mutant) {
	seen := make(map[[2]string]bool)
	for _, m := range models {
		for i := range *table(m) {
			row := &(*table(m))[i]
			if seen[key(row)] {
				continue
			}
			seen[key(row)] = true
			owners := slices.DeleteFunc(slices.Clone(models), func(o *Model) bool {
				return !slices.ContainsFunc(*table(o), func(r R) bool { return key(&r) == key(row) })
			})
			name, met := m.Name, states(0)
			if len(owners) > 1 {
				name = "both"
			}
			for _, o := range owners {
				met |= reach(o, slices.IndexFunc(*table(o), func(r R) bool { return key(&r) == key(row) }))
			}
			for _, c := range append([]change[R]{{"row", "there", "removed", nil, same}}, changes(row, met)...) {
				mutant := Mutant{name + " " + key(row)[0], c.field, c.was, c.value, make(map[string]*Model),
					key(row), about(row), c.state}
				for _, o := range owners {
					mutant.Models[o.Name] = changed(o, table, func(r *R) bool { return key(r) == key(row) }, c.apply)
				}
				list = append(list, mutant)
			}
		}
	}
	return list
}

// changed returns a copy of m with apply done to the row that is meant.
func changed[R any](m *Model, table func(*Model) *[]R, meant func(*R) bool, apply func(*R)) *Model {
	c := *m
	t := table(&c)
	*t = slices.Clone(*t)
	i := slices.IndexFunc(*t, func(r R) bool { return meant(&r) })
	if apply == nil {
		*t = slices.Delete(*t, i, i+1)
	} else {
		apply(&(*t)[i])
	}
	return &c
}

// vocabulary is what occurs in the tables.
type vocabulary struct {
	faults  []scenario.Fault
	reasons []Reason
}

func vocabularyOf(models []*Model) (v vocabulary) {
	faults, reasons := map[scenario.Fault]bool{"": true}, map[Reason]bool{"": true}
	for _, m := range models {
		for _, r := range m.segments {
			faults[r.err], reasons[r.reply] = true, true
		}
		for _, r := range m.calls {
			faults[r.gives], reasons[r.abort] = true, true
		}
		for _, r := range m.timers {
			faults[r.err], reasons[r.reset] = true, true
		}
		for _, r := range m.icmpErrors {
			faults[r.err] = true
		}
	}
	for f := range faults {
		v.faults = append(v.faults, f)
	}
	for r := range reasons {
		v.reasons = append(v.reasons, r)
	}
	slices.Sort(v.faults)
	slices.Sort(v.reasons)
	return v
}

func (v vocabulary) segment(r *segmentRule, met states) []change[segmentRule] {
	list := slices.Concat(
		inStates(r.in, met, func(r *segmentRule) *states { return &r.in }),
		each("next", r.next, nextStates(r.in, r.next), func(r *segmentRule) *State { return &r.next }),
		each("err", r.err, v.faults, func(r *segmentRule) *scenario.Fault { return &r.err }),
		eachBit(r.set, func(r *segmentRule) *bits { return &r.set }),
		each("reply", r.reply, v.reasons, func(r *segmentRule) *Reason { return &r.reply }),
		each("final", r.final, []bool{true, false}, func(r *segmentRule) *bool { return &r.final }),
	)
	if when := r.when; when != nil {
		list = append(list,
			change[segmentRule]{"when", "asked", "always", func(r *segmentRule) { r.when = nil }, same},
			change[segmentRule]{"when", "asked", "negated", func(r *segmentRule) {
				r.when = func(e *endpoint, s *capture.Segment) bool { return !when(e, s) }
			}, same})
	}
	if r.do != nil {
		list = append(list, change[segmentRule]{"do", "done", "removed", func(r *segmentRule) { r.do = nil }, same})
	}
	return list
}

func (v vocabulary) call(r *callRule, met states) []change[callRule] {
	list := slices.Concat(
		inStates(r.in, met, func(r *callRule) *states { return &r.in }),
		v.gives(r),
		consumption(r),
		each("next", r.next, nextStates(r.in, r.next), func(r *callRule) *State { return &r.next }),
		eachBit(r.set, func(r *callRule) *bits { return &r.set }),
		each("fin", r.fin, []bool{true, false}, func(r *callRule) *bool { return &r.fin }),
		each("abort", r.abort, v.reasons, func(r *callRule) *Reason { return &r.abort }),
	)
	for i, op := range r.ops {
		if len(r.ops) > 1 {
			list = append(list, change[callRule]{"ops", string(op), "-" + string(op), func(r *callRule) {
				r.ops = slices.Delete(slices.Clone(r.ops), i, i+1)
			}, same})
		}
	}
	if when := r.when; when != nil {
		list = append(list,
			change[callRule]{"when", "asked", "always", func(r *callRule) { r.when = nil }, same},
			change[callRule]{"when", "asked", "negated", func(r *callRule) {
				r.when = func(e *endpoint, ev *scenario.Event) bool { return !when(e, ev) }
			}, same})
	}
	if r.do != nil {
		list = append(list, change[callRule]{"do", "done", "removed", func(r *callRule) { r.do = nil }, same})
	}
	return list
}

// gives is what a call returns, where that is not an error of the socket's.
func (v vocabulary) gives(r *callRule) []change[callRule] {
	if r.takes || r.keeps || r.soft {
		return nil
	}
	return each("gives", r.gives, v.faults, func(r *callRule) *scenario.Fault { return &r.gives })
}

// consumption is what a call does to the error: takes, keeps, soft or nothing.
func consumption(r *callRule) (list []change[callRule]) {
	name := func(r *callRule) string {
		switch {
		case r.takes:
			return "takes"
		case r.keeps:
			return "keeps"
		case r.soft:
			return "soft"
		}
		return "nothing"
	}
	for _, to := range []callRule{{takes: true}, {keeps: true}, {soft: true}, {}} {
		if name(&to) != name(r) {
			list = append(list, change[callRule]{"error", name(r), name(&to), func(r *callRule) {
				r.takes, r.keeps, r.soft = to.takes, to.keeps, to.soft
			}, same})
		}
	}
	return list
}

func (v vocabulary) timer(r *timerRule, met states) []change[timerRule] {
	list := slices.Concat(
		inStates(r.in, met, func(r *timerRule) *states { return &r.in }),
		each("err", r.err, v.faults, func(r *timerRule) *scenario.Fault { return &r.err }),
		each("reset", r.reset, v.reasons, func(r *timerRule) *Reason { return &r.reset }),
	)
	if when := r.when; when != nil {
		list = append(list,
			change[timerRule]{"when", "asked", "always", func(r *timerRule) { r.when = nil }, same},
			change[timerRule]{"when", "asked", "negated", func(r *timerRule) {
				r.when = func(e *endpoint) bool { return !when(e) }
			}, same})
	}
	return list
}

func (v vocabulary) icmp(r *icmpRule, _ states) []change[icmpRule] {
	list := slices.Concat(
		each("err", r.err, v.faults, func(r *icmpRule) *scenario.Fault { return &r.err }),
		each("v6", r.v6, []bool{true, false}, func(r *icmpRule) *bool { return &r.v6 }),
		each("typ", r.typ, []uint8{r.typ, r.typ + 1}, func(r *icmpRule) *uint8 { return &r.typ }),
	)
	for i, code := range r.codes {
		list = append(list, change[icmpRule]{"codes", fmt.Sprint(code), fmt.Sprintf("-%d", code), func(r *icmpRule) {
			r.codes = slices.Delete(slices.Clone(r.codes), i, i+1)
		}, same})
	}
	return list
}

// each sets a field to every value but the one that it has.
func each[R any, V comparable](field string, has V, values []V, at func(*R) *V) (list []change[R]) {
	word := func(v V) string {
		var none V
		switch {
		case v != none:
			return strings.ReplaceAll(fmt.Sprint(v), "FIN_WAIT2 (time-wait bucket)", "BUCKET")
		case field == "next":
			return "same"
		case field == "err" || field == "gives" || field == "reply" || field == "abort" || field == "reset":
			return "none"
		}
		return fmt.Sprint(v)
	}
	for _, v := range values {
		if v != has {
			list = append(list, change[R]{field, word(has), word(v), func(r *R) { *at(r) = v }, same})
		}
	}
	return list
}

func eachBit[R any](has bits, at func(*R) *bits) (list []change[R]) {
	for _, b := range []bits{rcvShut, sendShut, done} {
		sign := "+"
		if has.has(b) {
			sign = "-"
		}
		list = append(list, change[R]{"set", "set", sign + b.String(), func(r *R) { *at(r) ^= b }, same})
	}
	return list
}

func inStates[R any](has, met states, at func(*R) *states) (list []change[R]) {
	for _, s := range everyState(Closed) {
		if !met.has(s) {
			continue
		}
		sign := "+"
		if has.has(s) {
			sign = "-"
		}
		name := strings.ReplaceAll(s.String(), "FIN_WAIT2 (time-wait bucket)", "BUCKET")
		list = append(list, change[R]{"in", "set", sign + name, func(r *R) { *at(r) ^= 1 << s }, s})
	}
	return list
}

// nextStates leaves out what says the same in other words: the only state that
// a row is about, where it stays the same.
func nextStates(about states, next State) []State {
	return slices.DeleteFunc(everyState(same), func(s State) bool {
		return about == in(s) && next == same || s == same && about == in(next)
	})
}

func everyState(from State) (list []State) {
	for s := from; s <= TimeWait; s++ {
		list = append(list, s)
	}
	return list
}
