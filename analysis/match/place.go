package match

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

// likeness is how an end that a line names compares to an end of a connection.
type likeness uint8

const (
	unnamed   likeness = iota // the line does not name it
	different                 // nothing is the same
	samePort                  // the port is; the address is not, or is not named
	sameAddr                  // the address is, and no port is named
	otherPort                 // the address is, and the port is not
	identical
)

func compare(said, is netip.AddrPort) likeness {
	switch {
	case said == netip.AddrPort{}:
		return unnamed
	case said == is:
		return identical
	case said.Addr() == is.Addr() && said.Port() == 0:
		return sameAddr
	case said.Addr() == is.Addr():
		return otherPort
	case said.Port() == is.Port() && said.Port() != 0:
		return samePort
	}
	return different
}

// place is how well both ends fit, and why.
type place struct {
	weight int
	why    string
}

// The weights of a place. From named on one end is the very one of the line, and
// no other connection is likely to have it.
const (
	bothEnds = 100
	named    = 40
)

const hidden = ", as behind a NAT or a proxy"

// locate weighs a connection of which side s is the program's that wrote the
// line.
func locate(c *survey.Connection, s int, local, remote netip.AddrPort) place {
	l, r := compare(local, c.Sides[s].Addr), compare(remote, c.Sides[1-s].Addr)
	// The end that dialled is told from others by its port; a server's is shared.
	dialler, server := l, r
	if s == 1 {
		dialler, server = r, l
	}
	partly := func(k likeness) bool { return k == samePort || k == sameAddr }
	switch {
	case l == identical && r == identical:
		return place{bothEnds, "it is between these ends"}
	case dialler == identical && partly(server), server == identical && partly(dialler):
		return place{50, "one end is the same, and what the line says of the other fits"}
	case dialler == identical && server == unnamed:
		return place{45, "it has the end that the line names, and that is the one that dialled"}
	case dialler == identical:
		return place{named, "the end that dialled is the same; the other differs" + hidden}
	case server == identical && dialler == unnamed:
		return place{named, "it has the end that the line names"}
	case server == identical:
		return place{20, "the end that was dialled is the same; the other differs" + hidden}
	case l == samePort && r == samePort:
		return place{30, "both ports are the same, the addresses are not" + hidden}
	case partly(l) && partly(r):
		return place{25, "what the line says of both ends fits"}
	case dialler == samePort:
		return place{20, "the port of the end that dialled is the same" + otherwise(server)}
	case l == sameAddr && r == unnamed, r == sameAddr && l == unnamed:
		return place{15, "it has the address that the line names"}
	case server == samePort:
		return place{5, "the port that was dialled is the same" + otherwise(dialler)}
	}
	return place{}
}

func otherwise(other likeness) string {
	if other == unnamed {
		return ""
	}
	return "; the other end differs" + hidden
}

// places returns how well the ends fit at best where side 0 wrote the line, and
// where side 1 did.
func places(c *survey.Connection, e *logline.Ends) (p [2]place) {
	none := netip.AddrPort{}
	try := func(local, remote netip.AddrPort) {
		for s := range c.Sides {
			if e.Op == scenario.OpDial && s == 1 || e.Op == scenario.OpAccept && s == 0 {
				continue
			}
			if q := locate(c, s, local, remote); q.weight > p[s].weight {
				p[s] = q
			}
		}
	}
	try(e.Local, e.Remote)
	for i, a := range e.Either {
		switch {
		case e.Local != none && e.Remote != none:
			return p
		case e.Local != none:
			try(e.Local, a)
		case e.Remote != none:
			try(a, e.Remote)
		default:
			try(a, none)
			try(none, a)
			for _, b := range e.Either[i+1:] {
				try(a, b)
				try(b, a)
			}
		}
	}
	return p
}
