package diagnosis

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// flow is what one side has sent.
type flow struct {
	syn, fin, last *capture.Segment // the first with SYN, with FIN; the last but for RSTs
	opened         bool             // edge is known
	edge           capture.Seq      // the end of the highest octet
	acked          capture.Seq      // the highest that the other side acknowledged
	hasAck         bool
	acks           map[capture.Seq]bool // the acknowledgements that it has sent
	octets         uint64
	probes         []*capture.Segment // keep-alive probes that nothing came after, see flows.probe
	rsts           []*capture.Segment
	ttls           map[uint8]int
	timestamps     bool // its SYN had them, and so had the other side's
	partial, whole int  // checksums left for the card; checksums that are right
}

// turn is what one side sent until the other spoke.
type turn struct {
	side        int
	first, last *capture.Segment
	from, to    capture.Seq
	octets      uint64
	resent      int
	whole       bool // it follows what was captured before it without a hole
}

// flows are both sides of a connection, and what they said in turn.
type flows struct {
	sides   [2]flow
	turns   []turn
	omitted bool // segments were left out
}

// follow reads the segments once.
func (d *Diagnosis) follow() *flows {
	f := &flows{omitted: d.LeftOut > 0}
	for i := range f.sides {
		f.sides[i].acks, f.sides[i].ttls = make(map[capture.Seq]bool), make(map[uint8]int)
	}
	list := d.Run.Evidence.Segments
	for i := range list {
		s := &list[i]
		if s.ICMP.Is() {
			continue
		}
		at := d.side(s)
		if d.Gap != 0 && s.ID >= d.Gap && (i == 0 || list[i-1].ID < d.Gap) {
			f.leap()
		}
		f.add(at, s)
	}
	a, b := f.sides[0].syn, f.sides[1].syn
	stamped := a != nil && b != nil && a.Options.HasTimestamps && b.Options.HasTimestamps
	f.sides[0].timestamps, f.sides[1].timestamps = stamped, stamped
	return f
}

// leap forgets where the streams stood: segments were left out.
func (f *flows) leap() {
	for i := range f.sides {
		f.sides[i].opened = false
	}
	f.turns = nil
}

// side returns which side sent s.
func (d *Diagnosis) side(s *capture.Segment) int {
	if s.Src == d.Connection.Sides[Client].Addr {
		return Client
	}
	return Server
}

func (f *flows) add(at int, s *capture.Segment) {
	own, peer := &f.sides[at], &f.sides[1-at]
	if s.Flags.Has(capture.ACK) {
		own.acks[s.Ack] = true
		if !peer.hasAck || s.Ack.After(peer.acked) {
			peer.acked, peer.hasAck = s.Ack, true
		}
		if !peer.opened && !s.Flags.Has(capture.SYN) {
			peer.edge, peer.opened = s.Ack, true // the capture began, or goes on, in the middle
		}
	}
	switch capture.ChecksumOf(s.Frame) {
	case capture.ChecksumPartial:
		own.partial++
	case capture.ChecksumGood:
		own.whole++
	}
	if s.Flags.Has(capture.RST) {
		own.rsts = append(own.rsts, s)
		return
	}
	own.ttls[s.TTL]++
	if s.Flags.Has(capture.SYN) && own.syn == nil {
		own.syn = s
	}
	if s.Flags.Has(capture.FIN) && own.fin == nil {
		own.fin = s
	}
	if own.probe(s, peer) {
		own.probes = append(own.probes, s)
	} else if len(peer.rsts) == 0 && s.Flags.Has(capture.ACK) {
		peer.probes = nil // the other side lives
	}
	f.data(at, s)
	own.last = s
}

// probe reports whether s is a keep-alive probe: an octet or none, numbered
// before what the other side waits for (RFC 9293 §3.8.4).
func (p *flow) probe(s *capture.Segment, peer *flow) bool {
	return p.hasAck && s.Len <= 1 && s.Seq.Add(1) == p.acked && p.opened && p.acked == p.edge && s.Flags&(capture.SYN|capture.FIN) == 0
}

// data notes the octets of s in the turns.
func (f *flows) data(at int, s *capture.Segment) {
	own := &f.sides[at]
	begin := s.Seq
	if s.Flags.Has(capture.SYN) {
		begin++
	}
	end := begin.Add(s.Len)
	before, known := own.edge, own.opened
	if !own.opened || end.After(own.edge) && end != begin { // a FIN may overtake octets
		own.edge, own.opened = end, true
	}
	if s.Len == 0 {
		return
	}
	n := len(f.turns)
	switch {
	case known && !end.After(before):
		f.again(at, s)
		return
	case n == 0 || f.turns[n-1].side != at:
		whole := known && begin == before
		from := begin
		if known && begin.Before(before) {
			from, whole = before, true
		}
		f.turns = append(f.turns, turn{side: at, first: s, from: from, whole: whole})
		n++
	case begin.After(before):
		f.turns[n-1].whole = false
	}
	fresh := end.Sub(begin)
	if known {
		fresh = end.Sub(before) // a hole that was not captured counts as well
	}
	t := &f.turns[n-1]
	t.last, t.to = s, end
	t.octets += uint64(fresh)
	own.octets += uint64(fresh)
}

// count returns the octets of a turn, and how many were acknowledged.
func (f *flows) count(t *turn) Octets {
	p := &f.sides[t.side]
	o := Octets{Sent: t.octets, Resent: t.resent}
	if !p.hasAck {
		return o
	}
	open := t.to.Sub(p.acked)
	if open <= 0 {
		o.Acked = o.Sent
	} else if uint64(open) < o.Sent {
		o.Acked = o.Sent - uint64(open)
	}
	return o
}

// again notes a segment that repeats octets.
func (f *flows) again(at int, s *capture.Segment) {
	for i := len(f.turns) - 1; i >= 0; i-- {
		if t := &f.turns[i]; t.side == at && !s.Seq.Before(t.from) {
			t.resent++
			return
		}
	}
}

// pauseBefore returns the time between s and what was said last before it: octets,
// a SYN or a FIN, by either side; and how many keep-alive probes fell into that.
func (d *Diagnosis) pauseBefore(s *capture.Segment) (pause time.Duration, probes int) {
	var edge [2]capture.Seq
	var opened [2]bool
	var last *capture.Segment
	list := d.Run.Evidence.Segments
	for i := range list {
		o := &list[i]
		if o == s || o.ID >= s.ID {
			break
		}
		at := d.side(o)
		switch new := !opened[at] || o.End().After(edge[at]); {
		case o.ICMP.Is() || o.Flags.Has(capture.RST):
		case o.End() != o.Seq && new:
			last, probes = o, 0
			edge[at], opened[at] = o.End(), true
		case o.Len <= 1 && opened[at] && o.Seq.Add(1) == edge[at] && o.Flags&(capture.SYN|capture.FIN) == 0:
			probes++
		}
	}
	if last == nil {
		return 0, probes
	}
	return s.Time.Sub(last.Time), probes
}
