package scene

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// itself stands where an application has no other at the end of its wire.
const itself scenario.Role = "itself"

// end is one end of a connection: a socket's own address and its peer's.
type end struct{ local, remote netip.AddrPort }

func (e end) other() end { return end{e.remote, e.local} }

// place says where something is drawn: in which ladder, at which edge.
type place struct{ ladder, edge int }

// cast says which applications a run has and who spoke with whom. A run of more
// than two, such as one with a proxy, is drawn as a ladder for every two that
// spoke.
type cast struct {
	ladders [][2]scenario.Role
	at      map[end]place
}

// castOf finds out who is who: from the calls, and where there are none from
// who sent the SYN.
func castOf(r *analysis.Run) *cast {
	return (&cast{at: make(map[end]place)}).of(r)
}

// castOfPair is castOf of one connection whose client is known.
func castOfPair(r *analysis.Run, client, server netip.AddrPort) *cast {
	c := &cast{at: make(map[end]place)}
	c.connect(end{client, server}, nil, true)
	return c.of(r)
}

// of adds who is who in a run.
func (c *cast) of(r *analysis.Run) *cast {
	roles := make(map[end]scenario.Role)
	for _, ev := range r.Evidence.Events {
		if e := (end{ev.Local, ev.Remote}); ev.Remote.IsValid() && roles[e] == "" {
			roles[e] = ev.Role
		}
	}
	for _, ev := range r.Evidence.Events {
		if e := (end{ev.Local, ev.Remote}); ev.Remote.IsValid() {
			c.connect(e, roles, ev.Op == scenario.OpDial || ev.Op != scenario.OpAccept && ev.Role != scenario.Server)
		}
	}
	for i := range r.Evidence.Segments {
		s := &r.Evidence.Segments[i]
		c.connect(end{s.Src, s.Dst}, roles, !s.Flags.Has(capture.SYN|capture.ACK))
	}
	if len(c.ladders) == 0 {
		c.ladders = [][2]scenario.Role{{scenario.Client, scenario.Server}}
	}
	return c
}

// connect gives both ends of a connection their places, unless they have them;
// dialled says that the first of them dialled.
func (c *cast) connect(e end, roles map[end]scenario.Role, dialled bool) {
	if _, known := c.at[e]; known {
		return
	}
	if !dialled {
		e = e.other()
	}
	if e == e.other() { // a socket that has met itself
		c.at[e] = place{c.ladder([2]scenario.Role{roles[e], itself}), 0}
		return
	}
	s := [2]scenario.Role{roles[e], roles[e.other()]}
	usual := [2]scenario.Role{scenario.Client, scenario.Server}
	for i := range s {
		if s[i] == "" { // an application that nobody watched
			s[i] = usual[i]
			if s[1-i] == usual[i] {
				s[i] = usual[1-i]
			}
		}
	}
	n := c.ladder(s)
	left := 0
	if c.ladders[n] != s { // they have met before, the other way round
		left = 1
	}
	c.at[e], c.at[e.other()] = place{n, left}, place{n, 1 - left}
}

// ladder returns the number of the ladder between two applications.
func (c *cast) ladder(s [2]scenario.Role) int {
	for i, known := range c.ladders {
		if known == s || known == ([2]scenario.Role{s[1], s[0]}) {
			return i
		}
	}
	c.ladders = append(c.ladders, s)
	return len(c.ladders) - 1
}

// place returns where a call is drawn. One without a connection, such as a
// listen, stands where its role is first found.
func (c *cast) place(ev *scenario.Event) place {
	if p, ok := c.at[end{ev.Local, ev.Remote}]; ok {
		return p
	}
	for i, s := range c.ladders {
		switch ev.Role {
		case s[1]:
			return place{i, 1}
		case s[0]:
			return place{i, 0}
		}
	}
	return place{0, 1}
}
