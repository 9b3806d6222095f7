package session

import (
	"net/netip"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// pair is two addresses, in the order of netip.
type pair struct{ low, high netip.AddrPort }

func pairOf(a, b netip.AddrPort) pair {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	return pair{a, b}
}

// group is what was said about two addresses; conn counts where only one is
// known.
type group struct {
	pair
	conn int
}

// apart takes evidence apart, by the addresses that spoke. To each belong the
// calls on listeners of its ports. What was done with listeners alone is no
// evidence of anything.
func apart(events []scenario.Event, segments []capture.Segment) []analysis.Evidence {
	events = slices.Clone(events)
	complete(events, segments)
	places := make(map[group]int)
	var list []analysis.Evidence
	var ears []scenario.Event
	heard := make(map[int]bool)
	for _, ev := range events {
		if ev.Op == scenario.OpListen || heard[ev.Conn] {
			heard[ev.Conn] = true
			ears = append(ears, ev)
			continue
		}
		if !ev.Remote.IsValid() {
			continue // an accept that nothing came of
		}
		g := group{pair: pairOf(ev.Local, ev.Remote)}
		if !ev.Local.IsValid() {
			g.conn = ev.Conn
		}
		at, known := places[g]
		if !known {
			at = len(list)
			places[g] = at
			list = append(list, analysis.Evidence{})
		}
		list[at].Events = append(list[at].Events, ev)
	}
	for _, seg := range segments {
		if at, ok := places[group{pair: pairOf(seg.Src, seg.Dst)}]; ok {
			seg.ID = len(list[at].Segments) + 1
			list[at].Segments = append(list[at].Segments, seg)
		}
	}
	for i := range list {
		list[i].Events = withListeners(&list[i], ears)
	}
	return list
}

// withListeners returns the calls of e and those on listeners of its ports, but
// for what came after all else, numbered anew.
func withListeners(e *analysis.Evidence, ears []scenario.Event) []scenario.Event {
	events, last := e.Events, time.Time{}
	for i := range events {
		for _, at := range []time.Time{events[i].Start, events[i].End} {
			if at.After(last) {
				last = at
			}
		}
	}
	if n := len(e.Segments); n > 0 && e.Segments[n-1].Time.After(last) {
		last = e.Segments[n-1].Time
	}
	port := func(n uint16) bool {
		return slices.ContainsFunc(events, func(ev scenario.Event) bool { return ev.Local.Port() == n || ev.Remote.Port() == n })
	}
	all := slices.Clone(events)
	for _, ev := range ears {
		if port(ev.Local.Port()) && !ev.Start.After(last) {
			all = append(all, ev)
		}
	}
	slices.SortStableFunc(all, func(a, b scenario.Event) int { return a.Start.Compare(b.Start) })
	for i := range all {
		all[i].ID = i + 1
	}
	return all
}

// complete gives a dial, of which only the destination is known, and perhaps the
// port that it came from, the source of the one SYN that was sent there meanwhile
// and that no other dial has sent.
func complete(events []scenario.Event, segments []capture.Segment) {
	taken := make(map[pair]bool)
	for _, ev := range events {
		if ev.Local.IsValid() && !ev.Local.Addr().IsUnspecified() && ev.Remote.IsValid() {
			taken[pairOf(ev.Local, ev.Remote)] = true
		}
	}
	for i := range events {
		ev := &events[i]
		if ev.Op != scenario.OpDial || ev.Local.IsValid() && !ev.Local.Addr().IsUnspecified() {
			continue
		}
		port := ev.Local.Port()
		ev.Local = netip.AddrPort{}
		sources := make(map[netip.AddrPort]bool)
		for _, seg := range segments {
			if seg.Dst == ev.Remote && (port == 0 || seg.Src.Port() == port) && seg.Flags&(capture.SYN|capture.ACK) == capture.SYN && !seg.Time.Before(ev.Start) &&
				(ev.End.IsZero() || !seg.Time.After(ev.End)) && !taken[pairOf(seg.Src, seg.Dst)] {
				sources[seg.Src] = true
			}
		}
		if len(sources) != 1 {
			continue
		}
		for from := range sources {
			ev.Local = from
			taken[pairOf(from, ev.Remote)] = true
		}
	}
}
