package analysis

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// A capture on the receiver's host, or on loopback, sees a segment before the
// host's firewall does; one elsewhere sees it before the network loses it. So a
// captured segment need not have arrived, and the model must not have it
// processed. It counts as undelivered only where later segments prove it:
//
//   - an ICMP error quotes it: whoever sent that threw it away;
//   - an RST answers it in the name of a socket that goes on and never
//     acknowledges it: a firewall rejected it. An acknowledgement alone is not
//     acknowledged, so of that an RST proves nothing;
//   - its receiver says much later, and to the end, that it waits for what it
//     carries (SEG.ACK is RCV.NXT, RFC 9293 §3.4), and has never answered it;
//   - it is an RST that its receiver had to believe, and did not;
//   - it is a keep-alive probe, which demands an answer (RFC 9293 §3.8.4), and
//     its receiver lives on and never gave one;
//   - it is a SYN, and nothing at all ever came back.

// spoken is what one end of a connection has sent, over all of the capture.
type spoken struct {
	any   bool
	acked bool
	ack   capture.Seq      // the highest acknowledgement
	last  *capture.Segment // the last that tells RCV.NXT, an abort included
	alive *capture.Segment // the last that is neither SYN nor RST
	bare  *capture.Segment // the last that is nothing but an acknowledgement
}

func (p *spoken) note(s *capture.Segment) {
	p.any = true
	if !s.Flags.Has(capture.ACK) {
		return
	}
	if !p.acked || s.Ack.After(p.ack) {
		p.acked, p.ack = true, s.Ack
	}
	if s.Flags.Has(capture.SYN) {
		return
	}
	if p.last = s; !s.Flags.Has(capture.RST) {
		p.alive = s
	}
	if s.Len == 0 && s.Flags == capture.ACK {
		p.bare = s
	}
}

// numbered names the octets that one end sends from a sequence number on.
type numbered struct {
	src netip.AddrPort
	seq capture.Seq
}

// courier finds out what has not arrived.
type courier struct {
	heard map[netip.AddrPort]*spoken
	final map[numbered]*capture.Segment       // the last copy
	copy  map[numbered]*capture.Segment       // the last copy so far
	said  map[netip.AddrPort]*capture.Segment // the last that is no RST, so far
	dead  map[netip.AddrPort]bool             // the last from there was lost: so may the next be
	lost  map[int]string

	away time.Duration // how long what was captured may take to its receiver, and an answer back, on top of all else
}

// farAway is the least round trip of a connection whose other end is not on the
// host that captured; unknownPath is as long as one usually is that was not
// captured.
const (
	farAway     = time.Millisecond
	unknownPath = 300 * time.Millisecond
)

// away returns two round trips of a connection with an end far away: for so long
// its segments do not yet show what reached it. On one host, or where calls are
// known, that is nothing.
func (c *connection) away() time.Duration {
	if len(c.ends[0].calls)+len(c.ends[1].calls) > 0 {
		return 0
	}
	if !c.whole() {
		return unknownPath
	}
	return 2 * (c.trip(&c.ends[0]) + c.trip(&c.ends[1]))
}

// trip returns how long a segment that was captured takes to the side s and an
// answer back, by the handshake: nothing where s is on the host that captured.
func (c *connection) trip(s *side) time.Duration {
	var asked *capture.Segment
	for _, seg := range c.segments {
		switch {
		case seg.ICMP.Is() || !c.whole():
		case seg.Src != s.addr && asked == nil && seg.Flags.Has(capture.SYN):
			asked = seg
		case seg.Src == s.addr && asked != nil:
			if d := seg.Time.Sub(asked.Time); d >= farAway {
				return d
			}
			return 0
		}
	}
	return 0
}

// undelivered returns which segments are proven not to have reached the socket
// that they were for, and why, as a clause for a person.
func (c *connection) undelivered(taken map[int]string) map[int]string {
	k := &courier{heard: make(map[netip.AddrPort]*spoken), final: make(map[numbered]*capture.Segment),
		copy: make(map[numbered]*capture.Segment), said: make(map[netip.AddrPort]*capture.Segment),
		dead: make(map[netip.AddrPort]bool), lost: make(map[int]string), away: c.away()}
	for i := range c.ends {
		k.heard[c.ends[i].addr] = &spoken{}
	}
	for _, s := range c.segments {
		if !s.ICMP.Is() {
			k.heard[s.Src].note(s)
			k.final[numbered{s.Src, s.Seq}] = s
		}
	}
	answered := make(map[int]bool)
	for _, s := range c.segments {
		k.one(s, answered)
	}
	gone := make(map[numbered]bool) // whose copy was lost, and the path so dead
	for _, s := range c.segments {
		if s.ICMP.Is() || s.Len == 0 || answered[s.ID] {
			continue
		}
		octets := numbered{s.Src, s.Seq}
		if k.lost[s.ID] == "" && k.awaited(s, patienceWith(gone[octets])) {
			k.lost[s.ID] = "its receiver never acknowledged it and went on waiting for it"
		}
		gone[octets] = gone[octets] || k.lost[s.ID] != ""
	}
	for id, by := range taken {
		k.lost[id] = by
	}
	return k.lost
}

// one looks at what s says of segments before it, and whether s itself came to
// nothing. answered takes the segments that an RST answers.
func (k *courier) one(s *capture.Segment, answered map[int]bool) {
	switch {
	case s.ICMP.Is():
		if x := k.copy[numbered{s.Src, s.Seq}]; x != nil && k.unclaimed(x) {
			k.lost[x.ID] = fmt.Sprintf("%s says so", name(s))
		}
		return
	case s.Flags.Has(capture.RST) && !s.Flags.Has(capture.ACK):
		if x := k.said[s.Dst]; x != nil && x.Ack == s.Seq {
			answered[x.ID] = true
			if x.End() != x.Seq && k.unclaimed(x) && k.livesOn(s.Src, s, lateLead) {
				k.lost[x.ID] = fmt.Sprintf("%s answered it in the name of a socket that went on", name(s))
			}
		}
	}
	switch peer := k.said[s.Dst]; {
	case s.Flags.Has(capture.RST) && peer != nil && peer.Flags.Has(capture.ACK) && s.Seq == peer.Ack &&
		k.livesOn(s.Dst, s, patienceWith(k.dead[s.Src])):
		k.lost[s.ID] = "its receiver went on as if there had been none"
	case k.probe(s) && k.livesOn(s.Dst, s, lateLead) && k.silent(s):
		k.lost[s.ID] = "it asks for an answer, and none was captured"
	case s.Flags&(capture.SYN|capture.ACK|capture.RST) == capture.SYN && !k.heard[s.Dst].any:
		k.lost[s.ID] = "no answer to it was captured"
	}
	k.dead[s.Src] = k.lost[s.ID] != ""
	if s.Flags.Has(capture.RST) {
		return
	}
	if s.End() != s.Seq {
		k.copy[numbered{s.Src, s.Seq}] = s
	}
	k.said[s.Src] = s
}

// patienceWith returns how long after a segment its receiver must still not know
// of it. Where the path has lost what came before it need not be supposed that
// the machine is busy.
func patienceWith(dead bool) time.Duration {
	if dead {
		return lead
	}
	return lateLead
}

// livesOn reports whether the socket at an address shows itself alive so long
// after s that s must have reached it by then.
func (k *courier) livesOn(at netip.AddrPort, s *capture.Segment, within time.Duration) bool {
	later := k.heard[at].alive
	return later != nil && !later.Time.Before(s.Time.Add(within+k.away))
}

// probe reports whether s is a keep-alive probe: an ACK of nothing new, numbered
// as the octet before the one that its receiver waits for.
func (k *courier) probe(s *capture.Segment) bool {
	peer := k.said[s.Dst]
	return s.Flags == capture.ACK && s.Len == 0 && peer != nil && peer.Flags.Has(capture.ACK) && s.Seq.Add(1) == peer.Ack
}

// silent reports whether the receiver of s sent no bare acknowledgement after it.
func (k *courier) silent(s *capture.Segment) bool {
	peer := k.heard[s.Dst]
	return peer.bare == nil || peer.bare.Time.Before(s.Time)
}

// unclaimed reports whether x was not acknowledged, or only after it was sent
// again.
func (k *courier) unclaimed(x *capture.Segment) bool {
	peer := k.heard[x.Dst]
	return k.final[numbered{x.Src, x.Seq}] != x || !peer.acked || peer.ack.Before(x.End())
}

// awaited reports whether the receiver of s waits for its octets to the end,
// and never answered it.
func (k *courier) awaited(s *capture.Segment, within time.Duration) bool {
	peer := k.heard[s.Dst]
	return peer.acked && peer.ack.Before(s.End()) && !s.Seq.After(peer.ack) &&
		peer.last != nil && !peer.last.Time.Before(s.Time.Add(within+k.away)) &&
		k.silent(s)
}
