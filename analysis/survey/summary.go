package survey

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// Segments counts segments. One with several flags counts for each.
type Segments struct{ Total, SYN, FIN, RST uint64 }

func (s *Segments) note(f capture.Flags) {
	s.Total++
	if f.Has(capture.SYN) {
		s.SYN++
	}
	if f.Has(capture.FIN) {
		s.FIN++
	}
	if f.Has(capture.RST) {
		s.RST++
	}
}

// Class is the reasons that the RSTs of some connections may have.
type Class struct {
	Kind        Kind
	Rule        string // what they have in common
	Reasons     []analysis.Reason
	Connections uint64
}

// Talker is an end of connections that were reset.
type Talker struct {
	Addr   netip.Addr
	Port   uint16 // of a server; 0 for a client
	Sent   uint64 // how many connections it was the first to send a RST in
	Suffer uint64 // how many the other side was
}

// Summary is what a survey says of a capture as a whole.
type Summary struct {
	Connections uint64
	ClosedOut   uint64 // connections that were given up for want of room
	ICMP        uint64 // ICMP errors about segments
	Segments    Segments
	Endings     map[Ending]uint64
	States      map[string]uint64 // by conn_state
	Classes     []Class           // most frequent first
	Talkers     []Talker          // those in most resets first

	classes map[*class]uint64
	talkers map[netip.AddrPort]*Talker
}

func newSummary() Summary {
	return Summary{Endings: make(map[Ending]uint64), States: make(map[string]uint64),
		classes: make(map[*class]uint64), talkers: make(map[netip.AddrPort]*Talker)}
}

// maxTalkers bounds how many ends are counted: a scan has as many as it likes.
const maxTalkers = 1 << 16

func (s *Summary) add(c *Connection) {
	s.Connections++
	s.Endings[c.Ending]++
	s.States[c.State]++
	if c.Reset == nil {
		return
	}
	s.classes[c.Reset.set]++
	for i := range c.Sides {
		end := netip.AddrPortFrom(c.Sides[i].Addr.Addr(), 0)
		if i == 1 {
			end = c.Sides[i].Addr
		}
		k := s.talkers[end]
		if k == nil && len(s.talkers) < maxTalkers {
			k = &Talker{Addr: end.Addr(), Port: end.Port()}
			s.talkers[end] = k
		}
		switch {
		case k == nil:
		case c.Reset.From == i:
			k.Sent++
		default:
			k.Suffer++
		}
	}
}

// Summary sums up the connections so far, those that were closed out and those
// that the tracker holds.
func (t *Tracker) Summary() Summary {
	s := t.summary
	s.Endings, s.States = maps.Clone(s.Endings), maps.Clone(s.States)
	s.classes = maps.Clone(s.classes)
	s.talkers = make(map[netip.AddrPort]*Talker)
	for end, k := range t.summary.talkers {
		s.talkers[end] = &Talker{k.Addr, k.Port, k.Sent, k.Suffer}
	}
	for c := range t.Connections() {
		s.add(&c)
	}
	for c, n := range s.classes {
		s.Classes = append(s.Classes, Class{c.kind, c.rule, slices.Clone(c.reasons), n})
	}
	slices.SortFunc(s.Classes, func(a, b Class) int {
		return cmp.Or(cmp.Compare(b.Connections, a.Connections), cmp.Compare(a.Rule, b.Rule))
	})
	for _, k := range s.talkers {
		s.Talkers = append(s.Talkers, *k)
	}
	slices.SortFunc(s.Talkers, func(a, b Talker) int {
		return cmp.Or(cmp.Compare(b.Sent, a.Sent), cmp.Compare(b.Suffer, a.Suffer), a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port))
	})
	return s
}
