package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/lesson"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/scenario"
)

// teach performs a scenario as a lesson, whose keys let each call go on, and
// hands the run to take.
func (f *runFlags) teach(ctx context.Context, s *session.Session, p performance, stdout io.Writer, take func(*analysis.Run) error) error {
	inner, leave := context.WithCancel(ctx)
	defer leave()
	h := &hearsay{held: make(chan heldMsg), live: make(chan *session.Live, 1), over: make(chan struct{})}
	go h.perform(inner, s, p)
	select {
	case live := <-h.live:
		defer live.Close()
		o := f.lessonOptions(stdout)
		c := &classroom{held: make(map[int]chan<- struct{}), look: h.looker(live),
			lesson: lesson.New(p.Scenario, live.Run(analysis.Evidence{Model: live.Evidence().Model}), o)}
		c.letGo = c.pass
		err := c.show(ctx, stdout, o.Color, func(tell func(tea.Msg)) { go h.pass(tell) })
		leave()
		<-h.over
		h.err = c.ended(ctx, err, h.err)
	case <-h.over:
	}
	if h.crash != "" {
		panic(h.crash) // with the terminal as it was
	}
	if err := take(h.run); err != nil {
		return err
	}
	return h.err
}

// checkLesson refuses a lesson that can not be held.
func (f *runFlags) checkLesson(p *picked, stdout io.Writer) error {
	if !f.step {
		return nil
	}
	n := len(p.scenarios) * len(f.families()) * f.repeat
	switch {
	case p.named == nil:
		return misused("%w", errUnnamed)
	case f.pace > 0:
		return misused("--step and --pace contradict each other: a key lets each call go on")
	}
	return f.checkStep(os.Stdin, stdout, n, f.help, insteadOfLesson("run", p.scenarios[0].Name))
}

// hearsay is what a classroom hears of a performance.
type hearsay struct {
	held chan heldMsg
	live chan *session.Live
	over chan struct{} // closed when what follows is known

	run   *analysis.Run
	err   error
	crash string // of the story: what it panicked with, and where
}

// perform performs the scenario. Each call waits until somebody lets it go.
func (h *hearsay) perform(ctx context.Context, s *session.Session, p performance) {
	defer close(h.over)
	defer func() {
		if p := recover(); p != nil {
			h.crash = fmt.Sprintf("%v\n%s", p, debug.Stack())
		}
	}()
	h.run, h.err = s.Perform(ctx, p.Scenario, session.Stage{Family: p.family,
		Watch: func(l *session.Live) { h.live <- l },
		Gate: func(ctx context.Context, next scenario.Event) {
			pass := make(chan struct{})
			select {
			case h.held <- heldMsg{next, pass}:
			case <-ctx.Done():
				return
			}
			select {
			case <-pass:
			case <-ctx.Done():
			}
		}})
}

// pass tells a classroom of the calls that wait, until the run is over.
func (h *hearsay) pass(tell func(tea.Msg)) {
	for {
		select {
		case m := <-h.held:
			tell(m)
		case <-h.over:
			if h.crash != "" {
				tell(tea.QuitMsg{})
			} else {
				tell(endMsg{h.run})
			}
			return
		}
	}
}

// looker returns what says what is known now. The run is explained anew only
// where something has happened.
func (h *hearsay) looker(live *session.Live) func() lesson.Now {
	run, last := (*analysis.Run)(nil), [3]int{-1}
	return func() lesson.Now {
		e := live.Evidence()
		if n := [3]int{len(e.Events), returned(e.Events), len(e.Segments)}; n != last {
			run, last = live.Run(e), n
		}
		ends, err := live.Ends(e)
		now := lesson.Now{Time: time.Now().Round(0), Run: run, Story: live.Act()}
		for _, end := range ends {
			now.Ends = append(now.Ends, lesson.End(end))
		}
		if err != nil {
			now.Trouble = "the kernel does not tell: " + err.Error()
		}
		return now
	}
}

// returned counts the calls that have returned.
func returned(events []scenario.Event) (n int) {
	for i := range events {
		if !events[i].End.IsZero() {
			n++
		}
	}
	return n
}
