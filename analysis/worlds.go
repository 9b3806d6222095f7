package analysis

import (
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
	after   endpoint
}

// worlds is a set of worlds, in order of discovery, each with its past.
type worlds struct {
	list  []world
	past  []*step
	index map[world]int
	full  bool // worlds were left out
}

// maxWorlds bounds a set: beyond it the evidence is called inconclusive.
const maxWorlds = 1024

func newWorlds() *worlds { return &worlds{index: make(map[world]int)} }

// add puts w into the set unless an equal world is there already.
func (ws *worlds) add(w world, past *step) {
	if _, dup := ws.index[w]; dup {
		return
	}
	if len(ws.list) >= maxWorlds {
		ws.full = true
		return
	}
	ws.index[w] = len(ws.list)
	ws.list = append(ws.list, w)
	ws.past = append(ws.past, past)
}

// clone returns a set that can grow without changing ws.
func (ws *worlds) clone() *worlds {
	next := newWorlds()
	for i, w := range ws.list {
		next.add(w, ws.past[i])
	}
	return next
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
