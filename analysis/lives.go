package analysis

import (
	"net/netip"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Lives tells what every socket of a run was at each moment, by the model, given
// all that was seen, also afterwards: one Socket where that leaves no doubt, none
// where nothing is known. Where the stamps allow several orders of things that
// happened at once, all that had been captured counts as received, and a call
// under way as without effect so far; [Lives.Possible] goes through all of them.
type Lives struct {
	homes     map[int]*life // by event
	receivers map[int]*life // by segment
	senders   map[int]*life // by segment
	events    map[int]*scenario.Event
	ends      map[route][]began // in order of time
}

// route are the addresses of one end of a connection: its own, and its peer's.
type route struct{ local, remote netip.AddrPort }

// began is an end of one of the connections of a route.
type began struct {
	at   time.Time
	life *life
}

// Watch replays the evidence, and keeps what became of every socket.
func Watch(e Evidence) *Lives {
	if e.Model == nil {
		e.Model = Linux()
	}
	l := &Lives{homes: make(map[int]*life), receivers: make(map[int]*life), senders: make(map[int]*life), events: make(map[int]*scenario.Event),
		ends: make(map[route][]began)}
	for i := range e.Events {
		l.events[e.Events[i].ID] = &e.Events[i]
	}
	list := connections(e.Segments)
	attach(list, e.Events)
	for _, c := range list {
		c.gap, c.watch = e.Gap, true
		c.lost = c.undelivered(e.Taken)
		l.connection(e.Model, c)
	}
	return l
}

func (l *Lives) connection(m *Model, c *connection) {
	var lives [2]*life
	for i := range c.ends {
		if i == 1 && c.self() {
			lives[1] = lives[0]
			break
		}
		if c.unreached(i) {
			continue
		}
		r, _ := live(m, c, &c.ends[i])
		lives[i] = r.life()
		for _, ev := range c.ends[i].calls {
			l.homes[ev.ID] = lives[i]
		}
	}
	for i, end := range lives {
		if end == nil {
			continue
		}
		at := route{c.ends[i].addr, c.ends[1-i].addr}
		l.ends[at] = append(l.ends[at], began{c.start(), end})
	}
	for _, s := range c.segments {
		from := 0
		if (s.Src != c.ends[0].addr) != s.ICMP.Is() {
			from = 1 // an ICMP error comes to the sender of what it quotes
		}
		l.receivers[s.ID] = lives[1-from]
		if !s.ICMP.Is() {
			l.senders[s.ID] = lives[from]
		}
	}
}

// unreached reports whether no SYN can have come to a side where somebody
// listens: a listener answers with a SYN, and all that was seen of this one are
// RSTs, which somebody else sent in its name.
func (c *connection) unreached(side int) bool {
	s, first, last := &c.ends[side], c.segments[0], c.segments[len(c.segments)-1]
	if len(s.calls) > 0 || s.listen != listenYes || len(s.hearing) > 0 && s.hearing[0].Start.Before(last.Time) ||
		first.Src == s.addr || !first.Flags.Has(capture.SYN) || first.Flags.Has(capture.ACK) || c.gap != 0 {
		return false
	}
	resets := 0
	for _, seg := range c.segments {
		switch {
		case seg.ICMP.Is() || seg.Src != s.addr:
		case seg.Flags.Has(capture.RST):
			resets++
		default:
			return false
		}
	}
	return resets > 0
}

// Sent returns what the sender of a segment was when it had left.
func (l *Lives) Sent(segment int) []Socket {
	if s := l.senders[segment]; s != nil {
		return s.shown(s.sent[segment])
	}
	return nil
}

// Received returns what the receiver of a segment was when the segment had
// reached it; nil if it never did.
func (l *Lives) Received(segment int) []Socket {
	if r := l.receivers[segment]; r != nil {
		return r.shown(r.received[segment])
	}
	return nil
}

// Took returns what the socket of a call was as soon as the call had taken
// effect; nil if it had none, or no connection.
func (l *Lives) Took(event int) []Socket {
	if h := l.homes[event]; h != nil {
		return h.shown(h.called[event])
	}
	return nil
}

// Standing returns what the socket with these addresses, the latest if there
// were several, was at a moment; nil if the connection had not begun.
func (l *Lives) Standing(local, remote netip.AddrPort, at time.Time) []Socket {
	for _, b := range slices.Backward(l.ends[route{plain(local), plain(remote)}]) {
		if !b.at.After(at) {
			return b.life.shown(b.life.during(at.UnixNano(), at.UnixNano()))
		}
	}
	return nil
}

// Returned returns what the socket of a call was when the call returned; nil if
// it never did, or had no connection.
func (l *Lives) Returned(event int) []Socket {
	home, from, ok := l.end(event)
	if !ok {
		return nil
	}
	return home.shown(home.during(from, from))
}

// Possible returns all that the socket of a call can have been at any moment
// from the call's return to at, both included, whatever the order of things
// that happened at once; nil if the call never returned, or had no connection.
func (l *Lives) Possible(event int, at time.Time) []Socket {
	home, from, ok := l.end(event)
	if !ok {
		return nil
	}
	return home.sockets(home.during(from, max(from, at.UnixNano())))
}

// end returns when a call returned, which is not before it started.
func (l *Lives) end(event int) (home *life, at int64, ok bool) {
	ev, home := l.events[event], l.homes[event]
	if ev == nil || home == nil || ev.End.IsZero() {
		return nil, 0, false
	}
	return home, max(ev.End.UnixNano(), ev.Start.UnixNano()), true
}
