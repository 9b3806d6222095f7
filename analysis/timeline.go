package analysis

import (
	"cmp"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// moment is one thing on the time line of a side.
type moment struct {
	at   time.Time
	kind int
	seg  *capture.Segment
	call *scenario.Event
}

// The kinds of moments, in the order in which equal stamps are taken.
const (
	arrival = iota
	begin
	departure
	echo // the arrival of what the same socket has sent
	finish
)

// timeline lists what happened to one side, in order of time.
func timeline(c *connection, s *side) []moment {
	var line []moment
	for _, seg := range c.segments {
		to := seg.Dst
		if seg.ICMP.Is() {
			to = seg.Src // the message comes to the sender of what it quotes
		}
		if to == s.addr && c.lost[seg.ID] == "" {
			kind := arrival
			if c.self() {
				kind = echo
			}
			line = append(line, moment{at: seg.Time, kind: kind, seg: seg})
		}
		if seg.Src == s.addr && !seg.ICMP.Is() {
			line = append(line, moment{at: seg.Time, kind: departure, seg: seg})
		}
	}
	for _, ev := range append(slices.Clip(s.calls), s.hearing...) {
		line = append(line, moment{at: ev.Start, kind: begin, call: ev})
		if !ev.End.IsZero() {
			line = append(line, moment{at: later(ev.End, ev.Start), kind: finish, call: ev})
		}
	}
	slices.SortStableFunc(line, func(a, b moment) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.kind, b.kind))
	})
	return overtaken(line)
}

// overtaken puts an acknowledgement before the RST that was stamped first: a socket
// that has sent an RST acknowledges nothing any more, so another CPU was about to send
// it when the call aborted.
func overtaken(line []moment) []moment {
	for i, m := range line {
		if m.kind != departure || !m.seg.Flags.Has(capture.RST) {
			continue
		}
		for j := i + 1; j < len(line) && line[j].at.Sub(m.at) <= lead; j++ {
			s := line[j].seg
			if line[j].kind == departure && s.Flags == capture.ACK && s.Len == 0 && s.Seq == m.seg.Seq && s.Ack == m.seg.Ack {
				early := *s
				early.Time = m.at
				return slices.Insert(slices.Delete(line, j, j+1), i, moment{at: m.at, kind: departure, seg: &early})
			}
		}
	}
	return line
}

// beginnings returns the worlds that a side can begin in.
func (s *side) beginnings(c *connection) *worlds {
	ws := newWorlds(maxWorlds)
	switch {
	case !c.whole() && s.listen != listenNo:
		ws.add(world{endpoint: endpoint{state: Established, joined: true, accepted: true}}, nil)
		if s.listen == listenYes {
			ws.add(world{endpoint: endpoint{state: Listen, listener: true}}, nil)
		}
	case c.segments[0].Flags.Has(capture.SYN|capture.ACK) && c.unwatched():
		ws.add(world{endpoint: s.answering(c.segments[0])}, nil)
	case s.dialled(c):
		ws.add(world{endpoint: endpoint{state: Closed, listener: s.listen == listenYes}}, nil)
	default:
		if s.listen != listenNo {
			ws.add(world{endpoint: endpoint{state: Listen, listener: true}}, nil)
		}
		if s.listen != listenYes {
			ws.add(world{endpoint: endpoint{state: Closed}}, nil)
		}
	}
	return ws
}

// unwatched reports whether segments are all that is known of a connection.
func (c *connection) unwatched() bool {
	for i := range c.ends {
		if s := &c.ends[i]; len(s.calls) > 0 || s.listen != listenUnknown {
			return false
		}
	}
	return true
}

// answering is a side of a connection of which the first segment that was captured
// is the SYN,ACK: what the SYN said is not known but for its sequence number.
func (s *side) answering(first *capture.Segment) endpoint {
	const widest = 14 // the greatest window scale (RFC 7323 §2.3)
	if first.Src != s.addr {
		return endpoint{state: SynSent, sndUna: first.Ack.Add(-1), sndNxt: first.Ack, sndFirst: first.Ack, scaled: true, sack: true, shift: widest}
	}
	return endpoint{state: SynRecv, request: true, listener: true, known: true, rcvNxt: first.Ack, ackSent: first.Ack, scaled: true, sack: true}
}

// dialled reports whether the side opened the connection.
func (s *side) dialled(c *connection) bool {
	if len(s.calls) > 0 {
		return s.calls[0].Op == scenario.OpDial
	}
	first := c.segments[0]
	return first.Src == s.addr && first.Flags&(capture.SYN|capture.ACK) == capture.SYN
}

// counts reports whether all writes of a side are known, and each put all its
// octets at once: one that was too large to, or failed after some of them, took
// effect more than once.
func (s *side) counts(c *connection) bool {
	if len(s.calls) == 0 || !c.whole() || s.calls[0].Op != scenario.OpDial && s.calls[0].Op != scenario.OpAccept {
		return false
	}
	return !slices.ContainsFunc(s.calls, func(ev *scenario.Event) bool {
		return ev.Op == scenario.OpWrite && (ev.N != ev.Asked && ev.N > 0 || ev.Asked > maxSendBuffer || ev.End.IsZero())
	})
}
