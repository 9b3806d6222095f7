package match

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/survey"
)

// Find ranks the connections by how well they fit a line. at is when it was
// written, if that is said apart from the line, which may say it too; local is
// the zone of a time that names none. all is gone through twice.
func Find(all iter.Seq[survey.Connection], line logline.Line, at logline.Stamp, local *time.Location) Answer {
	a := Answer{Line: line}
	first, last := int64(1<<63-1), int64(-1<<63)
	for c := range all {
		first, last = min(first, c.First), max(last, c.Last)
	}
	if first > last {
		a.Why = "the capture holds no connection"
		return a
	}
	a.First, a.Last = time.Unix(0, first), time.Unix(0, last)
	if !at.Is() {
		at = line.Stamp
	}
	if at.Is() {
		a.Moment = at.Within(a.First, a.Last, local)
	}
	r := ranking{answer: &a}
	for c := range all {
		r.add(&c)
	}
	r.judge()
	return a
}

// ranking keeps the best of the connections that it has seen.
type ranking struct {
	answer *Answer
	list   []Candidate // the best first, one more than Most
	equal  int         // how many weigh as much as the best
	same   int         // how many are between the very ends of the line,
	begun  int         // and had begun when it was written
}

func (r *ranking) add(c *survey.Connection) {
	k, ok := r.weigh(c)
	if !ok {
		return
	}
	if k.place.weight == bothEnds {
		r.same++
		if !k.timing.before {
			r.begun++
		}
	}
	switch {
	case len(r.list) == 0 || k.weight > r.list[0].weight:
		r.equal = 1
	case k.weight == r.list[0].weight:
		r.equal++
	}
	if at, _ := slices.BinarySearchFunc(r.list, k, order); at <= Most {
		r.list = slices.Insert(r.list, at, k)
		r.list = r.list[:min(len(r.list), Most+1)]
	}
}

// order puts the better candidate first.
func order(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.weight, a.weight), cmp.Compare(a.timing.apart, b.timing.apart),
		cmp.Compare(a.Connection.Stream, b.Connection.Stream))
}

// weigh says how well a connection fits; ok is false if it does not.
func (r *ranking) weigh(c *survey.Connection) (best Candidate, ok bool) {
	ends := r.answer.Line.Ends
	if len(ends) == 0 {
		ends = []logline.Ends{{}}
	}
	for i := range ends {
		if k, fits := r.weighEnds(c, &ends[i]); fits && (!ok || k.weight > best.weight) {
			best, ok = k, true
		}
	}
	return best, ok
}

func (r *ranking) weighEnds(c *survey.Connection, e *logline.Ends) (k Candidate, ok bool) {
	f := r.answer.Line.Fault
	all := places(c, e)
	for side, p := range all {
		level, why := fits(c, side, e.Op, f)
		if q := (Candidate{Side: side, place: p, fault: level, Reasons: []string{p.why, why}}); side == 0 || q.likelier(&k) {
			k = q
		}
	}
	if e.Named() && k.place.weight == 0 {
		return k, false
	}
	k.timing = when(c, f, r.answer.Moment)
	if !e.Named() && (k.fault < possible || k.timing.before) {
		return k, false // nothing but the error and the moment speaks for it
	}
	k.Connection, k.weight = *c, k.place.weight+k.timing.weight+faultWeight[k.fault]
	k.Reasons = slices.DeleteFunc(append(k.Reasons, k.timing.why), func(s string) bool { return s == "" })
	return k, true
}

// likelier reports whether the side of k wrote the line rather than that of o: an
// address of which the line does not say whose it is fits on both.
func (k *Candidate) likelier(o *Candidate) bool {
	if k.place.weight != o.place.weight {
		return k.place.weight > o.place.weight
	}
	return k.fault > o.fault
}

// clear is by how much a candidate must outweigh the next to be likely, and far
// by how much one that is not worth showing is outweighed.
const (
	clear = 5
	far   = 15
)

// judge says how sure the candidates are.
func (r *ranking) judge() {
	a := r.answer
	if len(r.list) == 0 {
		a.Why = a.none()
		return
	}
	k := &r.list[0]
	alone := len(r.list) == 1 || k.weight-r.list[1].weight >= clear
	for i := range r.list {
		r.list[i].Certainty = Possible
	}
	fit := k.fault != contradicted && !k.timing.before
	late := !a.Moment.Time.IsZero() && a.Moment.Time.Sub(a.Last) > slack
	switch {
	case k.place.weight == bothEnds && r.same > 1 && r.begun != 1:
		k.Reasons[0] = fmt.Sprintf("it is one of %d connections between these ends", r.same)
		if alone && fit {
			k.Certainty = Likely
		}
	case k.place.weight == bothEnds:
		k.Reasons[0] = "it is the only connection between these ends"
		if r.same > 1 {
			k.Reasons[0] = fmt.Sprintf("of %d connections between these ends it is the only one that had begun by then", r.same)
		}
		switch {
		case fit && !late:
			k.Certainty = Certain
		case !k.timing.before:
			k.Certainty = Likely
		}
	case alone && fit && (k.place.weight >= named || k.fault >= possible):
		k.Certainty = Likely
	}
	if late {
		k.Reasons = append(k.Reasons, fmt.Sprintf("the line was written %s after the capture's end, and may speak of a connection that came later",
			span(a.Moment.Time.Sub(a.Last))))
		if k.place.weight != bothEnds {
			k.Certainty = Possible
		}
	}
	r.show()
}

// show takes the candidates that are worth showing into the answer.
func (r *ranking) show() {
	top := r.list[0]
	if top.Certainty == Certain {
		r.answer.Candidates = r.list[:1]
		return
	}
	for _, k := range r.list[:min(len(r.list), Most)] {
		if top.weight-k.weight <= far && (k.place.weight == bothEnds || top.place.weight < bothEnds) {
			r.answer.Candidates = append(r.answer.Candidates, k)
		}
	}
	r.answer.More = max(0, r.equal-len(r.answer.Candidates))
}
