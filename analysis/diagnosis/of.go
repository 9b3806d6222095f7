package diagnosis

import (
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// examiner is a diagnosis under way.
type examiner struct {
	Diagnosis
	*flows
	prospects [2]*analysis.Prospect
	end       *capture.Segment // the decisive one; nil if there is none
	trigger   *capture.Segment // what brought that about, or end itself; nil with it
	several   bool             // the last turn of the client's holds several requests
	reset     *Reset           // the decisive RST, or the first where none was believed; nil if there is none
}

// Of diagnoses a connection. It changes nothing in e.
func Of(e Evidence) Diagnosis {
	if e.Model == nil {
		e.Model = analysis.Linux()
	}
	kept, dropped := distinct(e.Segments)
	x := &examiner{Diagnosis: Diagnosis{Connection: e.Connection, Duplicates: dropped, LeftOut: e.LeftOut, Gap: e.Gap}}
	x.Run = &analysis.Run{Evidence: analysis.Evidence{Model: e.Model, Segments: kept, Gap: e.Gap}}
	var prospects []analysis.Prospect
	seen := x.Run.Evidence
	if x.answerUnseen() {
		seen.Segments = slices.DeleteFunc(slices.Clone(kept), func(s capture.Segment) bool { return s.Flags.Has(capture.SYN) })
	}
	x.Run.Explanation, prospects = analysis.Foresee(seen)
	for i := range prospects {
		for side := range x.prospects {
			if prospects[i].Addr == e.Connection.Sides[side].Addr {
				x.prospects[side] = &prospects[i] // the last incarnation's
			}
		}
	}
	x.callRight()
	x.flows = x.follow()
	x.marks()
	x.decide()
	x.look()
	x.idle()
	x.exchange()
	x.vantage()
	x.suspect()
	x.unknown()
	x.situation()
	x.retry()
	x.stress()
	return x.Diagnosis
}

// answerUnseen reports whether the capture has one SYN of a connection that was
// opened: the client goes on, and the SYN,ACK is missing, or nothing of the client
// was captured. To the model that is a connection that began before the capture.
func (x *examiner) answerUnseen() bool {
	dialled, answered, went := false, false, false
	for i := range x.segments() {
		s := &x.segments()[i]
		switch {
		case s.ICMP.Is():
		case s.Flags.Has(capture.SYN) && x.side(s) == Server:
			answered = true
		case s.Flags.Has(capture.SYN):
			dialled = true
		case x.side(s) == Client && s.Flags.Has(capture.ACK) && !s.Flags.Has(capture.RST):
			went = went || dialled
		}
	}
	return went && !answered || answered && x.Connection.Sides[Client].Packets == 0
}

// stress marks the segments that the diagnosis rests on, for a drawing.
func (x *examiner) stress() {
	if x.end == nil {
		return
	}
	for _, s := range []*capture.Segment{x.end, x.trigger} {
		n := x.Run.Notes[s.ID]
		n.Decisive = true
		x.Run.Notes[s.ID] = n
	}
}

// callRight makes the model's notes call the sides what the survey does: the model
// takes the first that speaks for the client.
func (x *examiner) callRight() {
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ICMP.Is() {
			continue
		}
		if x.side(s) == Client {
			return
		}
		break
	}
	for id, n := range x.Run.Notes {
		for _, before := range []string{"", "it did not reach the "} {
			who, rest, found := strings.Cut(strings.TrimPrefix(n.Effect, before), ": ")
			switch {
			case !found || !strings.HasPrefix(n.Effect, before):
				continue
			case who == survey.SideName(Client):
				n.Effect = before + survey.SideName(Server) + ": " + rest
			case who == survey.SideName(Server):
				n.Effect = before + survey.SideName(Client) + ": " + rest
			default:
				continue
			}
		}
		x.Run.Notes[id] = n
	}
}

func (x *examiner) segments() []capture.Segment { return x.Run.Evidence.Segments }

func (x *examiner) segment(id int) *capture.Segment { return x.Run.Segment(id) }

// decide finds the segment that ended the connection, and what brought it
// about.
func (x *examiner) decide() {
	for _, fates := range [][]Fate{{Believed}, {Supposed}, {Unclear}} {
		for i := range x.Resets {
			if slices.Contains(fates, x.Resets[i].Fate) && x.reset == nil {
				x.reset = &x.Resets[i]
			}
		}
	}
	switch {
	case x.reset != nil:
		x.Decisive = x.reset.Frame
	case len(x.FINs) > 0:
		x.Decisive = x.FINs[0].Frame
	}
	if x.reset == nil && len(x.Resets) > 0 {
		x.reset = &x.Resets[0]
	}
	if x.end = x.segment(x.Decisive); x.end == nil {
		return
	}
	x.trigger = x.end
	if x.reset != nil && x.reset.Frame == x.Decisive && x.reset.Provoker != 0 {
		if s := x.first(x.segment(x.reset.Provoker)); s != nil {
			x.trigger = s
		}
	}
}

// first returns the first segment that carried the octets of s.
func (x *examiner) first(s *capture.Segment) *capture.Segment {
	if s == nil || s.Len == 0 {
		return s
	}
	for i := range x.segments() {
		o := &x.segments()[i]
		if o.Src == s.Src && !o.ICMP.Is() && o.Len > 0 && !o.Seq.After(s.Seq) && o.Seq.Add(o.Len).After(s.Seq) {
			return o
		}
	}
	return s
}
