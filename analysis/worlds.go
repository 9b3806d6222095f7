package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// world is one way in which things can have happened to a socket up to a
// moment.
type world struct {
	endpoint
	k    int    // how many of the captured arrivals have reached the socket
	made uint64 // which of the calls in flight have taken effect, a bit each
}

// maxFlight is how many calls may be in flight, by the bits of made.
const maxFlight = 64

// step is one thing that happened in a world's past.
type step struct {
	prev    *step
	arrived *capture.Segment // it reached the socket, or
	sent    *capture.Segment // the socket sent it, or
	call    *scenario.Event  // the call took effect, or
	timer   *timerRule       // a timer went off
	passed  passed           // of an arrival
	answer  answer           // of a call
	origin  Link             // of an RST sent
	reasons []Reason         // of an RST sent, in this past and those that ended in an equal world
	resets  *step            // the last RST sent up to here
	idle    bool             // the call left the socket as it was: when it did is not told by its place
	also    []*step          // other pasts that ended in an equal world; kept if worlds.watch
	after   endpoint
}

// worlds is a set of worlds, in order of discovery, each with its past.
type worlds struct {
	list  []world
	past  []*step
	index map[world]int
	room  int  // how many there may be
	full  bool // worlds were left out
	watch bool // every past is kept
}

// maxWorlds bounds a set: beyond it the evidence is called inconclusive, and
// fewWorlds are enough to go on with. Without calls there is little to tell worlds
// apart by.
const (
	maxWorlds   = 1024
	blindWorlds = 64
	fewWorlds   = 8
)

func newWorlds(room int) *worlds { return &worlds{index: make(map[world]int), room: room} }

// add puts w into the set. Where an equal world is there already, its past is
// kept, and takes over why RSTs were sent in the other.
func (ws *worlds) add(w world, past *step) {
	past.link()
	if i, dup := ws.index[w]; dup {
		ws.past[i].join(past)
		if ws.watch && ws.past[i] != past {
			ws.past[i].also = append(ws.past[i].also, past)
		}
		return
	}
	if len(ws.list) >= ws.room {
		ws.full = true
		return
	}
	ws.index[w] = len(ws.list)
	ws.list = append(ws.list, w)
	ws.past = append(ws.past, past)
}

// clone returns a set with the given room that can grow without changing ws.
func (ws *worlds) clone(room int) *worlds {
	next := newWorlds(room)
	next.watch = ws.watch
	for i, w := range ws.list {
		next.add(w, ws.past[i])
	}
	return next
}

// rooted gives the worlds that a socket begins in pasts of their own, and lets
// every past that follows be kept.
func (ws *worlds) rooted() {
	ws.watch = true
	for i := range ws.list {
		ws.past[i] = &step{after: ws.list[i].endpoint}
	}
}

// settled returns the worlds that owe the fewest RSTs: in the end a world in
// which each has left is what happened, rather than one in which some never did.
// That an RST was somebody else's is believed where nothing else is left.
func (ws *worlds) settled() *worlds {
	const worst = 1 << 10
	unlikely := func(w *world) int {
		if w.foreign {
			return worst + w.debts()
		}
		return w.debts()
	}
	least := 2 * worst
	for i := range ws.list {
		least = min(least, unlikely(&ws.list[i]))
	}
	next := newWorlds(len(ws.list))
	for i, w := range ws.list {
		if unlikely(&w) == least {
			next.add(w, ws.past[i])
		}
	}
	return next
}

// reasons returns why each RST was sent, by segment, in any of the worlds.
func (ws *worlds) reasons() map[int][]Reason {
	all := make(map[int][]Reason)
	for _, past := range ws.past {
		for st := past.lastReset(); st != nil; st = st.prev.lastReset() {
			all[st.sent.ID] = union(all[st.sent.ID], st.reasons)
		}
	}
	return all
}

// link finds the last RST sent.
func (s *step) link() {
	switch {
	case s == nil || s.resets != nil:
	case s.sent != nil && s.sent.Flags.Has(capture.RST):
		s.resets = s
	default:
		s.resets = s.prev.lastReset()
	}
}

func (s *step) lastReset() *step {
	if s == nil {
		return nil
	}
	return s.resets
}

// join takes over the reasons in the past of an equal world. Both have sent the
// same segments.
func (s *step) join(other *step) {
	for a, b := s.lastReset(), other.lastReset(); a != b && a != nil && b != nil; a, b = a.prev.lastReset(), b.prev.lastReset() {
		a.reasons = union(a.reasons, b.reasons)
	}
}

// union adds to a what it lacks of b.
func union(a, b []Reason) []Reason {
	for _, r := range b {
		if !slices.Contains(a, r) {
			a = append(a, r)
		}
	}
	return a
}

// sequence returns the steps of a past, oldest first.
func (s *step) sequence() []*step {
	var list []*step
	for ; s != nil; s = s.prev {
		list = append(list, s)
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}
