package lesson

import (
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Playback tells a lesson of a recorded run as if it happened now: it stops
// before each call that has a place on the ladder, and goes on to the next when
// that is let go.
type Playback struct {
	run    *analysis.Run
	spots  []spot
	told   int // how many of them have been told
	lesson *Lesson
}

// Play returns a lesson on a recorded run of a scenario, which waits before its
// first call, and what plays it.
func Play(sc *scenario.Scenario, r *analysis.Run, o Options) (*Lesson, *Playback) {
	p := &Playback{run: r, lesson: New(sc, blank(r), o)}
	_, p.spots = spotsOf(r, o.Verbose)
	p.lesson.origin, _, _ = strings.Cut(r.Origin(), ";")
	p.stop()
	return p.lesson, p
}

// LetGo lets the call go on that is held, and stops before the next.
func (p *Playback) LetGo(id int) {
	p.lesson.Freed(id)
	p.told++
	p.stop()
}

// stop goes on to where the next call begins, or to the end.
func (p *Playback) stop() {
	for ; p.told < len(p.spots); p.told++ {
		if call := p.first(p.told); call != nil {
			p.lesson.Look(Now{Run: p.soFar()})
			p.lesson.Hold(call.ID, underWay(*call))
			return
		}
	}
	p.lesson.Finish(Now{Run: p.run})
}

// first returns the call that begins at a spot, nil if none does.
func (p *Playback) first(k int) *scenario.Event {
	call := p.spots[k].Call
	if call == nil || call.Op == scenario.OpPoll || call.Op == scenario.OpGone {
		return nil
	}
	for _, s := range p.spots[:k] {
		if s.Call != nil && s.Call.ID == call.ID {
			return nil
		}
	}
	return call
}

// soFar is the run as far as it has been told.
func (p *Playback) soFar() *analysis.Run {
	if p.told == 0 {
		return blank(p.run)
	}
	return until(p.run, p.spots, p.told-1)
}

// blank is a run before anything has happened.
func blank(r *analysis.Run) *analysis.Run {
	b := *r
	b.Evidence = analysis.Evidence{Model: r.Evidence.Model}
	b.Explanation = analysis.Explanation{}
	b.Differs, b.Trouble = "", ""
	return &b
}
