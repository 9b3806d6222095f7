package analysis

import (
	"net/netip"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// connection is one incarnation of a 5-tuple: its segments, and the two
// sockets at its ends.
type connection struct {
	segments []*capture.Segment
	ends     [2]side        // the one that sent the first segment, and the other
	opened   bool           // more than SYNs have come
	reset    bool           // an RST has come that its receiver can have believed
	next     [2]capture.Seq // what either end sends next
	fins     [2]bool        // a FIN has come from either end
	gap      int            // the first segment after some that were left out; 0 if none were
	watch    bool           // what its sockets were at each moment is asked
	lost     map[int]string // segments that did not reach their receiver, and what proves it
}

// side is one end of a connection.
type side struct {
	addr    netip.AddrPort
	calls   []*scenario.Event // in order of ID
	hearing []*scenario.Event // what became of the port's listener meanwhile: opUnlisten, opRelisten
	listen  listenerKnown
}

// listenerKnown says what is known of a listener on a port.
type listenerKnown uint8

const (
	listenUnknown listenerKnown = iota
	listenYes
	listenNo
)

// role names the side as its calls do, or by its place in the handshake.
func (s *side) role(first bool) scenario.Role {
	if len(s.calls) > 0 {
		return s.calls[0].Role
	}
	if first {
		return scenario.Client
	}
	return scenario.Server
}

func (c *connection) start() time.Time { return c.segments[0].Time }

// self reports whether both ends are one socket: it has met itself.
func (c *connection) self() bool { return c.ends[0].addr == c.ends[1].addr }

// opening returns when a side sent its first segment: where both sides dial,
// that is not when the connection began.
func (c *connection) opening(s *side) time.Time {
	for _, seg := range c.segments {
		if seg.Src == s.addr && !seg.ICMP.Is() {
			return seg.Time
		}
	}
	return c.start()
}

// whole reports whether the connection was captured from its first segment on.
func (c *connection) whole() bool { return c.segments[0].Flags.Has(capture.SYN) }

// at returns the end that has the address a, or nil.
func (c *connection) at(a netip.AddrPort) *side {
	for i := range c.ends {
		if c.ends[i].addr == a {
			return &c.ends[i]
		}
	}
	return nil
}

// connections sorts segments into incarnations of 5-tuples.
func connections(segments []capture.Segment) []*connection {
	type pair struct{ a, b netip.AddrPort }
	latest := make(map[pair]*connection)
	var list []*connection
	for i := range segments {
		s := &segments[i]
		key := pair{s.Src, s.Dst}
		if s.Dst.Compare(s.Src) < 0 {
			key = pair{s.Dst, s.Src}
		}
		c := latest[key]
		if c == nil || c.reopened(s) {
			c = &connection{ends: [2]side{{addr: s.Src}, {addr: s.Dst}}}
			latest[key] = c
			list = append(list, c)
		}
		c.add(s)
	}
	return list
}

func (c *connection) add(s *capture.Segment) {
	c.segments = append(c.segments, s)
	if s.ICMP.Is() {
		return
	}
	c.opened = c.opened || s.Flags&(capture.SYN|capture.RST) != capture.SYN || s.Flags.Has(capture.ACK)
	i := 0
	if s.Src != c.ends[0].addr {
		i = 1
	}
	switch {
	case s.Flags.Has(capture.RST):
		off := s.Seq.Sub(c.next[i])
		c.reset = c.reset || off == 0 || off == -1 || c.next[i] == 0
		return
	case s.Flags.Has(capture.SYN) && c.next[i] != 0:
		return // again, or a stray
	case s.Flags.Has(capture.FIN):
		c.fins[i] = true
	}
	if c.next[i] == 0 || s.End().After(c.next[i]) {
		c.next[i] = s.End()
	}
}

// reopened reports whether s is the SYN of the next incarnation: one with
// another initial sequence number, when this connection has ended or never
// began. While it stands, a SYN is a stray (RFC 5961 §4).
func (c *connection) reopened(s *capture.Segment) bool {
	if s.Flags&(capture.SYN|capture.ACK|capture.RST) != capture.SYN || s.ICMP.Is() {
		return false
	}
	first := c.segments[0]
	again := first.Src == s.Src && first.Seq == s.Seq && first.Flags.Has(capture.SYN)
	switch {
	case again:
		return false // a retransmission
	case !c.opened:
		return first.Src == s.Src // the other side's SYN is a simultaneous open
	}
	return c.reset || c.fins[0] && c.fins[1]
}

// attach gives every call to the end of the connection that it was made on. A
// dial belongs to the incarnation whose first segment falls into it, an accept
// to the oldest that nobody has accepted, any other socket to the latest that
// had begun when its first call returned. Calls that had no connection are
// returned.
func attach(list []*connection, events []scenario.Event) (rest []*scenario.Event) {
	byAddr := make(map[netip.AddrPort][]*connection)
	for _, c := range list {
		for i := range c.ends {
			byAddr[c.ends[i].addr] = append(byAddr[c.ends[i].addr], c)
		}
	}
	type handle struct {
		conn  int
		local netip.AddrPort
	}
	home := make(map[handle]*side)
	for i := range events {
		ev := &events[i]
		if ev.Op.Library() { // whatever addresses it has, the sockets' calls are events of their own
			rest = append(rest, ev)
			continue
		}
		key := handle{ev.Conn, ev.Local}
		s, known := home[key]
		if !known {
			s = findEnd(byAddr[plain(ev.Local)], ev)
			home[key] = s
		}
		if s == nil {
			rest = append(rest, ev)
			continue
		}
		s.calls = append(s.calls, ev)
	}
	ears := listeners(events)
	for _, c := range list {
		for i := range c.ends {
			c.ends[i].hear(ears, c.start())
		}
	}
	return rest
}

// plain returns an address as segments have it, without a zone.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().WithZone(""), a.Port())
}

// findEnd returns the end of one of the connections of ev.Local that ev, the
// first call on its socket, was made on.
func findEnd(list []*connection, ev *scenario.Event) *side {
	local, remote := plain(ev.Local), plain(ev.Remote)
	if ev.Op != scenario.OpAccept {
		list = slices.Clone(list)
		slices.Reverse(list)
	}
	for _, c := range list {
		s, peer := c.at(local), c.at(remote)
		switch {
		case s == nil || peer == nil || s == peer && !c.self():
		case !ev.End.IsZero() && c.start().After(ev.End):
		case ev.Op == scenario.OpDial && c.opening(s).Before(ev.Start):
			return nil
		case len(s.calls) == 0:
			return s
		}
	}
	return nil
}

// ear is a socket that was bound, and may have listened.
type ear struct {
	addr  netip.AddrPort
	open  *scenario.Event // the listen, or the bind
	close *scenario.Event // nil if it was not seen to close
}

// listeners lists the sockets that were bound, in order.
func listeners(events []scenario.Event) []ear {
	var list []ear
	places := make(map[int]int)
	for i := range events {
		ev := &events[i]
		switch {
		case ev.Fault != "":
		case ev.Op == scenario.OpListen, ev.Op == scenario.OpBind:
			places[ev.Conn] = len(list)
			list = append(list, ear{addr: ev.Local, open: ev})
		case ev.Op == scenario.OpClose:
			if p, ok := places[ev.Conn]; ok && list[p].close == nil {
				list[p].close = ev
			}
		}
	}
	return list
}

// hears reports whether the socket listens.
func (e *ear) hears() bool { return e.open.Op == scenario.OpListen }

// hear notes whether a listener had the side's address when its connection
// began, when that listener closed, and whether another came after it. A socket
// that only bound the address shows that there was none.
func (s *side) hear(ears []ear, at time.Time) {
	for _, e := range ears {
		if !covers(e.addr, s.addr) {
			continue
		}
		closed := e.close != nil && !e.close.End.IsZero() && e.close.End.Before(at)
		switch {
		case e.open.Start.After(at):
			if e.hears() {
				s.heard(e.open, opRelisten)
				s.heard(e.close, opUnlisten)
			}
		case e.hears() && !closed:
			s.listen, s.hearing = listenYes, nil
			s.heard(e.close, opUnlisten)
		case s.listen == listenUnknown || closed && s.listen != listenYes:
			s.listen = listenNo
		}
	}
}

// heard notes what became of a listener.
func (s *side) heard(ev *scenario.Event, op scenario.Op) {
	if ev != nil {
		change := *ev
		change.Op = op
		s.hearing = append(s.hearing, &change)
	}
}

// covers reports whether a socket bound to bound gets what is sent to addr.
func covers(bound, addr netip.AddrPort) bool {
	return bound.Port() == addr.Port() && (bound.Addr() == addr.Addr() || bound.Addr().IsUnspecified())
}
