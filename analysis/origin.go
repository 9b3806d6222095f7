package analysis

import (
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// sender follows what one side sends, to say of each segment which call or
// which segment made it leave.
type sender struct {
	side    *side
	first   capture.Seq // sequence number of the first octet of data
	next    capture.Seq // SND.NXT
	acked   capture.Seq // the acknowledgement last sent
	window  int
	started bool
	got     []*capture.Segment // what has come from the other side
	sent    []*capture.Segment
}

// origins ties every segment of a connection, but the RSTs, to the call or the
// segment that made its sender emit it.
func origins(c *connection, note func(id int, from Link)) {
	var senders [2]sender
	for i := range c.ends {
		senders[i].side = &c.ends[i]
	}
	for _, s := range c.segments {
		from, to := &senders[0], &senders[1]
		if s.Src != from.side.addr {
			from, to = to, from
		}
		if !s.Flags.Has(capture.RST) {
			if link := from.origin(s); link != (Link{}) {
				note(s.ID, link)
			}
			from.sends(s)
		}
		to.got = append(to.got, s)
	}
}

func (p *sender) sends(s *capture.Segment) {
	if s.Flags.Has(capture.SYN) {
		p.first, p.next = s.Seq.Add(1), s.End()
	} else if !p.started {
		p.first, p.next = s.Seq, s.End()
	}
	if s.End().After(p.next) {
		p.next = s.End()
	}
	p.started = true
	p.acked, p.window = s.Ack, s.Window
	p.sent = append(p.sent, s)
}

// origin says what made the side send s.
func (p *sender) origin(s *capture.Segment) Link {
	occupies := s.End() != s.Seq
	if p.started && occupies && !s.End().After(p.next) {
		return p.original(s) // a retransmission: a timer sent it
	}
	switch {
	case s.Flags.Has(capture.SYN | capture.ACK):
		return p.latest(func(o *capture.Segment) bool { return o.Flags.Has(capture.SYN) })
	case s.Flags.Has(capture.SYN):
		return p.call(s, scenario.OpDial)
	case s.Len > 0:
		return p.write(s)
	case s.Flags.Has(capture.FIN):
		return p.call(s, scenario.OpClose, scenario.OpCloseWrite, scenario.OpShutdown)
	case s.Ack == p.acked && s.Window != p.window:
		if link := p.call(s, scenario.OpRead); link != (Link{}) {
			return link // a window update: reading made room
		}
	case s.Ack.After(p.acked) || !p.acknowledged():
		return p.latest(func(o *capture.Segment) bool { return o.End() == s.Ack && o.End() != o.Seq })
	}
	return p.latest(func(*capture.Segment) bool { return true }) // a duplicate or challenge ACK
}

// acknowledged reports whether the side has acknowledged anything yet.
func (p *sender) acknowledged() bool {
	for _, s := range p.sent {
		if s.Flags.Has(capture.ACK) {
			return true
		}
	}
	return false
}

// original returns the first segment that carried what s carries again.
func (p *sender) original(s *capture.Segment) Link {
	for _, o := range p.sent {
		if o.End() != o.Seq && !o.Seq.After(s.Seq) && o.End().After(s.Seq) {
			return Link{Segment: o.ID}
		}
	}
	return Link{}
}

// latest returns the last segment to have come that fits.
func (p *sender) latest(fits func(*capture.Segment) bool) Link {
	for i := len(p.got) - 1; i >= 0; i-- {
		if fits(p.got[i]) {
			return Link{Segment: p.got[i].ID}
		}
	}
	return Link{}
}

// call returns the last call of one of the kinds that had begun when s left.
func (p *sender) call(s *capture.Segment, ops ...scenario.Op) Link {
	for i := len(p.side.calls) - 1; i >= 0; i-- {
		ev := p.side.calls[i]
		if ev.Start.After(s.Time) || ev.Fault == scenario.Closed {
			continue
		}
		for _, op := range ops {
			if ev.Op == op {
				return Link{Event: ev.ID}
			}
		}
	}
	return Link{}
}

// write returns the call that wrote the first octet of s.
func (p *sender) write(s *capture.Segment) Link {
	at := s.Seq.Sub(p.first)
	written := 0
	for _, ev := range p.side.calls {
		if ev.Op != scenario.OpWrite {
			continue
		}
		n := ev.N
		if ev.End.IsZero() {
			n = ev.Asked
		}
		if at < written+n {
			return Link{Event: ev.ID}
		}
		written += n
	}
	return Link{}
}
