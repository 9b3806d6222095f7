package scene

import (
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Item is a call or a segment, by its ID: exactly one is set.
type Item struct{ Event, Segment int }

// Item returns which call or segment the step shows.
func (s *Step) Item() Item {
	if s.Segment != nil {
		return Item{Segment: s.Segment.ID}
	}
	return Item{Event: s.Call.ID}
}

// itemOf returns what a link of the analysis names; ok is false if nothing.
func itemOf(l analysis.Link) (i Item, ok bool) {
	return Item{Event: l.Event, Segment: l.Segment}, l.Event != 0 || l.Segment != 0
}

// causes are what each call and each segment was caused by, as far as can be
// told, and the other way round.
type causes struct{ of, by map[Item][]Item }

// Causes returns what an item was caused by, as far as can be told: the call
// that made a segment leave, or the segment that it answers; the segment or the
// call behind the result of a call, and those that brought what a read returned.
func (s *Scene) Causes(i Item) []Item { return slices.Clone(s.why.of[i]) }

// Effects returns what an item caused: the other direction of [Scene.Causes].
func (s *Scene) Effects(i Item) []Item { return slices.Clone(s.why.by[i]) }

// Chain returns the causes of the call that a verdict is about, from the origin
// to the call itself; nil if the call has no verdict.
func (s *Scene) Chain(event int) (chain []Item) {
	v := s.Run.Verdict(event)
	if v == nil {
		return nil
	}
	for _, l := range v.Chain {
		if i, ok := itemOf(l); ok {
			chain = append(chain, i)
		}
	}
	return chain
}

func causesOf(r *analysis.Run) causes {
	c := causes{of: make(map[Item][]Item), by: make(map[Item][]Item)}
	for i := range r.Evidence.Segments {
		id := r.Evidence.Segments[i].ID
		c.link(Item{Segment: id}, r.Notes[id].From)
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		if v.Outcome == analysis.Unexplained {
			continue
		}
		c.link(Item{Event: v.Event}, v.Cause)
		if n := len(v.Chain); n > 1 { // what came last: the call that took the error first, for one
			c.link(Item{Event: v.Event}, v.Chain[n-2])
		}
	}
	c.reads(r)
	return c
}

// link notes that an item was caused by what l names.
func (c *causes) link(i Item, l analysis.Link) {
	if cause, ok := itemOf(l); ok && cause != i && !slices.Contains(c.of[i], cause) {
		c.of[i] = append(c.of[i], cause)
		c.by[cause] = append(c.by[cause], i)
	}
}

// stream is the data that one socket has received, counted from its first octet.
type stream struct {
	parts []part // in order of arrival
	read  int    // octets that have been read
}

// part is what one segment brought.
type part struct{ from, to, segment int }

// fresh reports whether a part from there to there has an octet that those
// before it lack.
func fresh(earlier []part, from, to int) bool {
	for from < to {
		i := slices.IndexFunc(earlier, func(p part) bool { return p.from <= from && from < p.to })
		if i < 0 {
			return true
		}
		from = earlier[i].to
	}
	return false
}

// reads ties reads to the segments that brought the octets which they returned.
func (c *causes) reads(r *analysis.Run) {
	streams := make(map[int]*stream) // by socket, of which all is known from the beginning on
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		switch {
		case (ev.Op == scenario.OpDial || ev.Op == scenario.OpAccept) && ev.Fault == "" && !ev.End.IsZero():
			streams[ev.Conn] = received(r, ev)
		case ev.Op == scenario.OpRead && ev.N > 0:
			s := streams[ev.Conn]
			if s == nil {
				continue
			}
			upto := s.read + ev.N
			for n, p := range s.parts {
				if from, to := max(p.from, s.read), min(p.to, upto); from < to && fresh(s.parts[:n], from, to) {
					c.link(Item{Event: ev.ID}, analysis.Link{Segment: p.segment})
				}
			}
			s.read = upto
		}
	}
}

// received follows what came to the socket that a dial or an accept made; nil
// if its handshake was not captured.
func received(r *analysis.Run, made *scenario.Event) *stream {
	var s *stream
	var first capture.Seq
	for i := range r.Evidence.Segments {
		seg := &r.Evidence.Segments[i]
		if seg.Src != made.Remote || seg.Dst != made.Local || seg.ICMP.Is() || r.Notes[seg.ID].Lost != "" {
			continue
		}
		switch next := seg.Seq.Add(1); {
		case seg.Flags.Has(capture.SYN) && seg.Time.After(made.End):
			return s // the addresses' next connection, or a stray
		case seg.Flags.Has(capture.SYN) && (s == nil || next != first):
			s, first = &stream{}, next
		case s != nil && seg.Len > 0:
			if from := seg.Seq.Sub(first); from >= 0 {
				s.parts = append(s.parts, part{from, from + seg.Len, seg.ID})
			}
		}
	}
	return s
}
