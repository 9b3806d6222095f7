package main

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/lesson"
	"github.com/rstwatch/rstwatch/scenario"
)

// checkLesson refuses a lesson that can not be held.
func (f *replayFlags) checkLesson(args []string, runs int, stdout io.Writer) error {
	switch {
	case !f.step:
		return nil
	case len(args) == 0:
		return &failure{code: exitUsage, err: errUnnamed, hint: f.help}
	}
	return f.checkStep(os.Stdin, stdout, runs, f.help, insteadOfLesson("replay", args[0]))
}

// teach shows a recorded run as a lesson. Its error is nil only where the lesson
// came to its end: there is nothing to tell of one that was left.
func (f *replayFlags) teach(ctx context.Context, r *analysis.Run, stdout io.Writer) error {
	at := slices.IndexFunc(f.stories, func(sc *scenario.Scenario) bool { return sc.Name == r.Scenario })
	o := f.lessonOptions(stdout)
	l, p := lesson.Play(f.stories[at], r, o)
	c := &classroom{lesson: l, letGo: p.LetGo}
	err := c.show(ctx, stdout, o.Color, func(func(tea.Msg)) {})
	if ctx.Err() != nil {
		return &failure{code: exitInterrupted, err: errors.New("interrupted")}
	}
	return c.ended(ctx, err, nil)
}
