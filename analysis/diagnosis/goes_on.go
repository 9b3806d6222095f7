package diagnosis

import (
	"fmt"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// goesOn: a socket that has sent a RST sends nothing more but RSTs. What it had
// sent before may still come; so more than one segment must tell, by something
// that is newer than the RST.
func (x *examiner) goesOn(r *Reset) (Sign, bool) {
	rst := x.segment(r.Frame)
	if x.opening(r) {
		return Sign{}, false
	}
	stamp, stamped := x.stampBefore(r)
	heard, before := false, x.edgeBefore(r)
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID <= r.Frame || s.ICMP.Is() || s.Flags&(capture.RST|capture.SYN) != 0 {
			continue
		}
		if s.Src != rst.Src {
			heard = heard || s.End() != s.Seq
			continue
		}
		later := s.Time.Sub(rst.Time)
		sign := Sign{What: fmt.Sprintf("its sender goes on as if it had sent none: #%d %s came %s later", s.ID, s.Flags, short(later))}
		switch {
		case heard && x.newAck(s, r), // it knows of what came after the RST
			rst.Flags.Has(capture.ACK) && rst.Seq != 0 && s.Flags.Has(capture.ACK) && s.Ack.After(rst.Ack), // or of more than had come to it
			rst.Flags.Has(capture.ACK) && s.End() != s.Seq && !s.Seq.Before(rst.Seq),                       // beyond what the RST says was all
			stamped && later > stampTick && s.End() != s.Seq && s.Options.HasTimestamps && int32(s.Options.TSVal-stamp) > 0 && later < stampWrap:
			return sign, true
		case s.End().After(before):
			if !x.beside(r.Side) {
				sign.Innocent = "what it had sent before came out of order"
			}
			return sign, true
		}
	}
	return Sign{}, false
}

// beside reports whether a side's segments were captured on its own host, where
// they are in order.
func (x *examiner) beside(side int) bool {
	here := [...]Place{Client: AtClient, Server: AtServer}[side]
	return x.Vantage.Sure && (x.Vantage.Place == OneHost || x.Vantage.Place == here)
}

// Timestamps tick once in 1 ms to 1 s (RFC 7323 §5.4), and wrap after days.
const (
	stampTick = 10 * time.Millisecond
	stampWrap = 24 * time.Hour
)

// edgeBefore returns the end of what a RST's sender had sent before it.
func (x *examiner) edgeBefore(r *Reset) (edge capture.Seq) {
	known := false
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID >= r.Frame {
			break
		}
		if x.side(s) == r.Side && !s.ICMP.Is() && !s.Flags.Has(capture.RST) && (!known || s.End().After(edge)) {
			edge, known = s.End(), true
		}
	}
	if !known {
		edge = x.segment(r.Frame).Seq
	}
	return edge
}

// opening reports whether a RST was sent by a side whose own SYN was unanswered:
// that answers a stray segment, and the opening goes on (TCP_INVALID_ACK_SEQUENCE).
func (x *examiner) opening(r *Reset) bool {
	if syn := x.sides[r.Side].syn; syn == nil || syn.Flags.Has(capture.ACK) {
		return false
	}
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID >= r.Frame {
			break
		}
		if x.side(s) != r.Side && s.Flags.Has(capture.SYN|capture.ACK) {
			return false
		}
		if x.side(s) == r.Side && !s.Flags.Has(capture.SYN) && !s.Flags.Has(capture.RST) {
			return false
		}
	}
	return true
}

// stampBefore returns the sender's last timestamp before a RST.
func (x *examiner) stampBefore(r *Reset) (ts uint32, ok bool) {
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID >= r.Frame {
			break
		}
		if x.side(s) == r.Side && s.Options.HasTimestamps {
			ts, ok = s.Options.TSVal, true
		}
	}
	return ts, ok
}

// newAck reports whether s acknowledges what the other side sent after the RST.
func (x *examiner) newAck(s *capture.Segment, r *Reset) bool {
	var before capture.Seq
	known := false
	for i := range x.segments() {
		o := &x.segments()[i]
		if o.ID >= r.Frame {
			break
		}
		if o.Src == s.Dst && !o.ICMP.Is() && (!known || o.End().After(before)) {
			before, known = o.End(), true
		}
	}
	return known && s.Ack.After(before)
}
