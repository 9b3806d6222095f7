package analysis

import (
	"cmp"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// sender follows what one side sends, to say of each segment which call or
// which segment made it leave.
type sender struct {
	side    *side
	started bool
	acked   bool        // it has acknowledged something
	next    capture.Seq // SND.NXT
	octets  int         // of data sent, counted beyond 4 GiB
	ack     capture.Seq // the acknowledgement last sent
	window  int
	sent    []*capture.Segment // the first to carry each octet, in order
	writes  []written          // in order
	calls   map[scenario.Op][]*scenario.Event
	came    map[capture.Seq]int // the last segment from the other side that ended there
	last    int                 // the last segment from the other side
}

// written is how far a write took the stream.
type written struct {
	upto  int // octets since the handshake
	event int
}

func newSender(s *side) *sender {
	p := &sender{side: s, calls: make(map[scenario.Op][]*scenario.Event), came: make(map[capture.Seq]int)}
	upto := 0
	for _, ev := range s.calls {
		p.calls[ev.Op] = append(p.calls[ev.Op], ev)
		if ev.Op != scenario.OpWrite {
			continue
		}
		if upto += ev.N; ev.End.IsZero() {
			upto += ev.Asked
		}
		p.writes = append(p.writes, written{upto, ev.ID})
	}
	return p
}

// origins ties every segment of a connection, but the RSTs, to the call or the
// segment that made its sender emit it.
func origins(c *connection, note func(id int, from Link)) {
	senders := [2]*sender{newSender(&c.ends[0]), newSender(&c.ends[1])}
	if c.self() {
		senders[1] = senders[0]
	}
	for _, s := range c.segments {
		if s.ICMP.Is() {
			continue
		}
		from, to := senders[0], senders[1]
		if s.Src != from.side.addr {
			from, to = to, from
		}
		if !s.Flags.Has(capture.RST) {
			if link := from.origin(s); link != (Link{}) {
				note(s.ID, link)
			}
			from.sends(s)
		}
		to.last = s.ID
		if s.End() != s.Seq {
			to.came[s.End()] = s.ID
		}
	}
}

func (p *sender) sends(s *capture.Segment) {
	if p.started && s.Flags.Has(capture.SYN) {
		return // again, or a stray
	}
	if !p.started || s.End().After(p.next) {
		if p.started {
			p.octets += min(s.Len, s.End().Sub(p.next))
		} else {
			p.octets += s.Len
		}
		p.next, p.started = s.End(), true
		if s.End() != s.Seq {
			p.sent = append(p.sent, s)
		}
	}
	p.acked = p.acked || s.Flags.Has(capture.ACK)
	p.ack, p.window = s.Ack, s.Window
}

// origin says what made the side send s.
func (p *sender) origin(s *capture.Segment) Link {
	if p.started && s.End() != s.Seq && !s.End().After(p.next) {
		return p.original(s) // a retransmission: a timer sent it
	}
	switch {
	case s.Flags.Has(capture.SYN | capture.ACK):
		return Link{Segment: p.last}
	case s.Flags.Has(capture.SYN):
		return p.call(s, scenario.OpDial)
	case s.Len > 0:
		return p.write()
	case s.Flags.Has(capture.FIN):
		return p.call(s, scenario.OpClose, scenario.OpKill, scenario.OpCloseWrite, scenario.OpShutdown)
	case p.acked && s.Ack == p.ack && s.Window != p.window:
		if link := p.call(s, scenario.OpRead); link != (Link{}) {
			return link // a window update: reading made room
		}
	case !p.acked || s.Ack.After(p.ack):
		if id := p.came[s.Ack]; id != 0 {
			return Link{Segment: id}
		}
	}
	return Link{Segment: p.last} // a duplicate or challenge ACK, or one of an older connection
}

// original returns the first segment that carried the first octet that s
// carries again.
func (p *sender) original(s *capture.Segment) Link {
	i, _ := slices.BinarySearchFunc(p.sent, s.Seq, func(o *capture.Segment, at capture.Seq) int {
		return cmp.Compare(o.End().Sub(at), 1) // the first that ends after at
	})
	if i == len(p.sent) {
		return Link{}
	}
	return Link{Segment: p.sent[i].ID}
}

// call returns the last call of one of the kinds that had begun when s left.
func (p *sender) call(s *capture.Segment, ops ...scenario.Op) (l Link) {
	for _, op := range ops {
		list := p.calls[op]
		i, _ := slices.BinarySearchFunc(list, s.Time, func(ev *scenario.Event, t time.Time) int {
			if ev.Start.After(t) {
				return 1
			}
			return -1
		})
		for i--; i >= 0; i-- {
			if ev := list[i]; ev.Fault != scenario.Closed {
				l.Event = max(l.Event, ev.ID)
				break
			}
		}
	}
	return l
}

// write returns the call that wrote the next octet to be sent.
func (p *sender) write() Link {
	i, _ := slices.BinarySearchFunc(p.writes, p.octets, func(w written, at int) int { return cmp.Compare(w.upto, at+1) })
	if i == len(p.writes) {
		return Link{}
	}
	return Link{Event: p.writes[i].event}
}
