package scene

import (
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Scene is a run, ready to be drawn.
type Scene struct {
	Run     *analysis.Run
	Start   time.Time // the first moment of the run; zero if it has none
	Ladders []Ladder  // at least one

	cast    *cast
	all     bool                     // also the calls that are not worth a row
	emitted map[int]*capture.Segment // the first segment that a call made its socket send, by the call's ID
	why     causes
	lives   *analysis.Lives
	rel     map[int][2]capture.Seq // by segment ID, see bases
}

// Ladder is what two applications did: they stand at the edges, their segments
// between. A run of more than two applications has a ladder for each two that
// spoke.
type Ladder struct {
	Names [2]scenario.Role // at the left who dialled
	Steps []Step           // in order of time; those that never came to an end last
}

// Kind says what a step is.
type Kind uint8

// The kinds of steps.
const (
	Begins  Kind = iota // a call starts, and waits
	Ends                // it returns, or never did
	Whole               // a call that is shown as one moment
	Segment             // a segment, from when it was captured to when it reached its receiver
)

var kindNames = [...]string{Begins: "begins", Ends: "ends", Whole: "whole", Segment: "segment"}

// String returns "begins", "ends", "whole" or "segment".
func (k Kind) String() string { return kindNames[k] }

// Step is one moment of a ladder.
type Step struct {
	At      time.Time // zero for the end of a call that never returned
	Kind    Kind
	Edge    int              // 0 left, 1 right: whose application made the call, or from where the segment came
	Call    *scenario.Event  // nil for a segment
	Segment *capture.Segment // nil for a call
	// Seq and Ack are the segment's numbers, relative to where either side's
	// began; Ack only says something if the segment has the ACK flag. Of an ICMP
	// error they are those of the segment that it quotes.
	Seq, Ack int
	// States are what the socket at either edge can be after this step, by the
	// model and all that was seen, also later (see [analysis.Lives]), and by what the
	// kernel said of it then: one where there is no doubt, none where there is no
	// socket, or nothing is known of it. A segment counts as
	// received; a call as returned, unless it stands before a segment that it sent.
	// They are those of the connection that the step belongs to. Of one that its
	// application has closed nothing is unread, and no error waits in it.
	States [2][]analysis.Socket
	Heard  string // the state that the kernel itself gave for this socket then, such as "ESTABLISHED"; "" if it was not asked
	// Brief marks both steps of a call that waits for nothing and can be drawn as
	// one moment, where it sends its first segment; yet what came while it was
	// under way changed its socket.
	Brief bool
}

// Of returns the scene of a run, without the calls that are not worth a row:
// the listener's upkeep, the polls with which a story waits, and a close that
// nothing came of.
func Of(r *analysis.Run) *Scene { return newScene(r, castOf(r), false) }

// All is Of with every call.
func All(r *analysis.Run) *Scene { return newScene(r, castOf(r), true) }

// Between is Of for one connection whose client is known.
func Between(r *analysis.Run, client, server netip.AddrPort) *Scene {
	return newScene(r, castOfPair(r, client, server), false)
}

func newScene(r *analysis.Run, c *cast, all bool) *Scene {
	s := &Scene{Run: r, cast: c, all: all, emitted: make(map[int]*capture.Segment), rel: bases(r.Evidence.Segments), why: causesOf(r),
		lives: analysis.Watch(r.Evidence)}
	for i := range r.Evidence.Segments {
		seg := &r.Evidence.Segments[i]
		s.begins(seg.Time)
		if from := r.Notes[seg.ID].From.Event; from != 0 && s.emitted[from] == nil {
			s.emitted[from] = seg
		}
	}
	for i := range r.Evidence.Events {
		if ev := &r.Evidence.Events[i]; s.shown(ev) {
			s.begins(ev.Start)
		}
	}
	for i, names := range c.ladders {
		s.Ladders = append(s.Ladders, Ladder{Names: names, Steps: s.steps(i)})
		s.states(i)
	}
	return s
}

// begins notes a moment of the run, which may be its first.
func (s *Scene) begins(t time.Time) {
	if s.Start.IsZero() || t.Before(s.Start) {
		s.Start = t
	}
}

// Emitted returns the first segment that a call made its socket send, nil if
// none is known.
func (s *Scene) Emitted(call *scenario.Event) *capture.Segment { return s.emitted[call.ID] }

// Shown reports whether the scene has a call.
func (s *Scene) Shown(call *scenario.Event) bool { return s.shown(call) }

// EdgeOf returns at which edge of its ladder a call stands.
func (s *Scene) EdgeOf(call *scenario.Event) int { return s.cast.place(call).edge }
