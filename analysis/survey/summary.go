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

// segments sums up those that were added.
func (t *Tracker) segments() (s Segments) {
	for i, n := range t.flags {
		f := capture.Flags(i)
		s.Total += n
		if f.Has(capture.SYN) {
			s.SYN += n
		}
		if f.Has(capture.FIN) {
			s.FIN += n
		}
		if f.Has(capture.RST) {
			s.RST += n
		}
	}
	return s
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
	Of          uint64 // connections of which these were chosen; see [Tracker.Only]
	ClosedOut   uint64 // connections that were given up for want of room
	ICMP        uint64 // ICMP errors about segments
	Segments    Segments
	Frames      Frames
	Endings     map[Ending]uint64
	States      map[string]uint64 // by conn_state
	Classes     []Class           // most frequent first
	Talkers     []Talker          // those in most resets first

	ways    ways
	classes map[*class]uint64
	talkers map[talker]uint32 // the place in tallies
	tallies []tally

	shown     Segments // of the connections, if not all count
	shownICMP uint64
}

// talker is an end of connections, tally how often it was which end of a RST.
type (
	talker struct {
		addr [16]byte
		port uint16
		v6   uint16
	}
	tally struct{ sent, suffered uint64 }
)

func newSummary() Summary {
	return Summary{classes: make(map[*class]uint64), talkers: make(map[talker]uint32)}
}

// maxTalkers bounds how many ends are counted: a scan has as many as it likes.
const maxTalkers = 1 << 16

// sum adds a connection to s.
func (t *Tracker) sum(s *Summary, id uint32) {
	r := t.table.record(id)
	state := t.zeekState(r)
	t.sumSegments(s, id)
	s.Connections++
	s.ways[state][r.ending(state)]++
	if r.reset == 0 {
		return
	}
	p := t.resets.at(r.reset - 1)
	s.classes[t.sets[p.set]]++
	for at := range r.sides {
		end := talker{addr: r.key.addr[at], v6: r.key.v6}
		if at != r.originator() {
			end.port = r.key.port[at]
		}
		s.talked(end, int(p.from&^stamped) == at)
	}
}

// talked counts one end of a connection that was reset; sent says that the first
// RST was its own.
func (s *Summary) talked(end talker, sent bool) {
	k, known := s.talkers[end]
	if !known {
		if len(s.tallies) == maxTalkers {
			return
		}
		k = uint32(len(s.tallies))
		s.talkers[end], s.tallies = k, append(s.tallies, tally{})
	}
	if sent {
		s.tallies[k].sent++
	} else {
		s.tallies[k].suffered++
	}
}

// Summary sums up the connections so far, those that were closed out and those
// that the tracker holds. Its maps and slices must not be changed: as long as no
// frame comes, they are those of the next call too.
func (t *Tracker) Summary() Summary {
	t.summary.Segments = t.segments()
	if m := &t.memo; m.Connections > 0 && m.Segments == t.summary.Segments && m.ICMP == t.summary.ICMP && m.Frames == t.summary.Frames {
		return *m
	}
	t.memo = t.sumUp()
	return t.memo
}

func (t *Tracker) sumUp() Summary {
	s := t.summary
	s.classes, s.talkers, s.tallies = maps.Clone(s.classes), maps.Clone(s.talkers), slices.Clone(s.tallies)
	for id := range t.table.records.count {
		if r := t.table.record(id); r.marks&free == 0 && t.tells(id) {
			t.sum(&s, id)
		}
	}
	s.finish()
	t.showOnly(&s)
	return s
}

// finish makes of what was counted the lists and maps that a summary has.
func (s *Summary) finish() {
	s.Endings, s.States = s.ways.by()
	for c, n := range s.classes {
		s.Classes = append(s.Classes, Class{c.kind, c.rule, slices.Clone(c.reasons), n})
	}
	slices.SortFunc(s.Classes, func(a, b Class) int {
		return cmp.Or(cmp.Compare(b.Connections, a.Connections), cmp.Compare(a.Rule, b.Rule))
	})
	for k, place := range s.talkers {
		n := s.tallies[place]
		end := capture.Brief{Src: k.addr, SrcPort: k.port, V6: k.v6 == 1}
		s.Talkers = append(s.Talkers, Talker{end.From().Addr(), k.port, n.sent, n.suffered})
	}
	slices.SortFunc(s.Talkers, func(a, b Talker) int {
		return cmp.Or(cmp.Compare(b.Sent, a.Sent), cmp.Compare(b.Suffer, a.Suffer), a.Addr.Compare(b.Addr), cmp.Compare(a.Port, b.Port))
	})
}
