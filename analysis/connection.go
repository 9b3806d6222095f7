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
	ends     [2]side // the one that sent the first segment, and the other
}

// side is one end of a connection.
type side struct {
	addr   netip.AddrPort
	calls  []*scenario.Event // in order of ID
	listen listening3
}

// listening3 says what is known of a listener on a port.
type listening3 uint8

const (
	listenUnknown listening3 = iota
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

// end returns the side that has the address a, or nil.
func (c *connection) end(a netip.AddrPort) *side {
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
		c.segments = append(c.segments, s)
	}
	return list
}

// reopened reports whether s is the SYN of the next incarnation: one that comes
// when this one has ended. While it stands, a SYN is a stray (RFC 5961 §4).
func (c *connection) reopened(s *capture.Segment) bool {
	if s.Flags&(capture.SYN|capture.ACK|capture.RST) != capture.SYN {
		return false
	}
	fins := make(map[netip.AddrPort]bool)
	for _, old := range c.segments {
		if old.Flags.Has(capture.RST) {
			return true
		}
		if old.Flags.Has(capture.FIN) {
			fins[old.Src] = true
		}
	}
	return len(fins) == 2
}

// attach gives every call to the end of the connection that it was made on. A
// dial belongs to the incarnation whose first segment falls into it; every
// other socket to the latest that had begun when its first call returned.
// Calls that had no connection are returned.
func attach(list []*connection, events []scenario.Event) (rest []*scenario.Event) {
	home := make(map[int]*side) // by socket
	for i := range events {
		ev := &events[i]
		s, known := home[ev.Conn]
		if !known {
			s = findEnd(list, ev)
			home[ev.Conn] = s
		}
		if s == nil {
			rest = append(rest, ev)
			continue
		}
		s.calls = append(s.calls, ev)
	}
	for _, c := range list {
		for i := range c.ends {
			c.ends[i].listen = listenerAt(events, c.ends[i].addr, c.start())
		}
	}
	return rest
}

func findEnd(list []*connection, ev *scenario.Event) *side {
	if !ev.Local.IsValid() || !ev.Remote.IsValid() {
		return nil
	}
	for _, c := range slices.Backward(list) {
		s := c.end(ev.Local)
		switch {
		case s == nil || c.end(ev.Remote) == nil || s.addr == ev.Remote:
		case !ev.End.IsZero() && c.start().After(ev.End):
		case ev.Op == scenario.OpDial && c.start().Before(ev.Start):
			return nil
		case len(s.calls) == 0:
			return s
		}
	}
	return nil
}

// listenerAt says whether a listener had the address at a moment, as far as
// the calls tell: a socket that only bound it shows that there was none.
func listenerAt(events []scenario.Event, addr netip.AddrPort, at time.Time) listening3 {
	known := listenUnknown
	sockets := make(map[int]bool)
	for i := range events {
		ev := &events[i]
		if ev.Fault != "" || ev.Start.After(at) {
			continue
		}
		switch {
		case ev.Op == scenario.OpListen && covers(ev.Local, addr):
			known, sockets[ev.Conn] = listenYes, true
		case ev.Op == scenario.OpBind && covers(ev.Local, addr) && known == listenUnknown:
			known = listenNo
		case ev.Op == scenario.OpClose && sockets[ev.Conn]:
			known = listenNo
		}
	}
	return known
}

// covers reports whether a socket bound to bound gets what is sent to addr.
func covers(bound, addr netip.AddrPort) bool {
	return bound.Port() == addr.Port() && (bound.Addr() == addr.Addr() || bound.Addr().IsUnspecified())
}
