package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/term"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/lesson"
	"github.com/rstwatch/rstwatch/scenario"
)

// errNoTerminal refuses a lesson where nobody could see it, or press a key.
var errNoTerminal = errors.New("--step needs a terminal to read keys from and to draw on")

// errLeft ends a lesson that was left in the middle.
var errLeft = errors.New("left before the end")

// errUnnamed refuses a lesson on nothing in particular.
var errUnnamed = errors.New("--step takes the name of a scenario")

// insteadOfLesson is what shows a scenario where no lesson can be held.
func insteadOfLesson(command, name string) string {
	page := fmt.Sprintf("rstwatch %s %s --format html -o lesson.html", command, name)
	if isStory(name) {
		return page
	}
	return "rstwatch replay " + name + ", or " + page
}

// checkStep refuses a lesson that can not be held.
func (f *outputFlags) checkStep(stdin, stdout any, pick int, help, instead string) error {
	switch {
	case pick != 1:
		return &failure{code: exitUsage, err: errors.New("--step shows one scenario, once, over one family"), hint: help}
	case !isTerminal(stdin) || !isTerminal(stdout) || os.Getenv("TERM") == "dumb":
		return &failure{code: exitUsage, err: errNoTerminal, hint: instead}
	}
	return nil
}

func isTerminal(file any) bool {
	f, ok := file.(*os.File)
	return ok && term.IsTerminal(f.Fd())
}

// lessonOptions say how a lesson is drawn.
func (f *outputFlags) lessonOptions(stdout io.Writer) lesson.Options {
	o := f.drawing(stdout, false)
	return lesson.Options{Color: o.Color, ASCII: o.ASCII, States: o.States, Verbose: o.Verbose}
}

// lookEvery is how often a lesson asks what has happened: often enough that
// what follows a key seems to follow at once.
const lookEvery = 40 * time.Millisecond

// The messages of a classroom.
type (
	heldMsg struct { // a call is held back
		call scenario.Event
		pass chan<- struct{}
	}
	lookMsg struct{}                    // it is time to look
	endMsg  struct{ run *analysis.Run } // the run is over
)

// classroom shows a lesson on a terminal.
type classroom struct {
	lesson *lesson.Lesson
	look   func() lesson.Now // nil in a recording
	letGo  func(id int)

	held        map[int]chan<- struct{}
	last        int // the ID of the last call that was held
	left, abort bool
}

// Init begins to look.
func (c *classroom) Init() tea.Cmd { return c.soon() }

// soon asks to look again, if there is anything to look at.
func (c *classroom) soon() tea.Cmd {
	if c.look == nil || c.lesson.Over() {
		return nil
	}
	return tea.Tick(lookEvery, func(time.Time) tea.Msg { return lookMsg{} })
}

// Update takes a key, or what has happened.
func (c *classroom) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		c.lesson.Resize(msg.Width, msg.Height)
	case tea.KeyPressMsg:
		do := c.lesson.Key(msg.String())
		if do.LetGo != 0 {
			c.letGo(do.LetGo)
		}
		if do.Leave {
			c.left, c.abort = true, do.Abort
			return c, tea.Quit
		}
	case heldMsg:
		c.last++
		c.held[c.last] = msg.pass
		c.lesson.Look(c.look())
		c.lesson.Hold(c.last, msg.call)
	case lookMsg:
		if !c.lesson.Over() {
			c.lesson.Look(c.look())
		}
		return c, c.soon()
	case endMsg:
		now := c.look()
		now.Run = msg.run
		c.lesson.Finish(now)
	}
	return c, nil
}

// View draws the lesson on a screen of its own.
func (c *classroom) View() tea.View {
	v := tea.NewView(c.lesson.View())
	v.AltScreen = true
	return v
}

// pass lets a call go on that was held back in this process.
func (c *classroom) pass(id int) {
	close(c.held[id])
	delete(c.held, id)
	c.lesson.Freed(id)
}

// show shows the lesson until it is left or ctx ends, and leaves the terminal as
// it was. meanwhile is called with what tells the classroom of things, and must
// not block.
func (c *classroom) show(ctx context.Context, stdout io.Writer, color bool, meanwhile func(tell func(tea.Msg))) error {
	profile := colorprofile.ASCII
	if color {
		profile = colorprofile.ANSI
	}
	p := tea.NewProgram(c, tea.WithInput(os.Stdin), tea.WithOutput(stdout), tea.WithoutSignalHandler(), tea.WithColorProfile(profile))
	before, stateErr := term.GetState(os.Stdin.Fd())
	if stateErr == nil { // also where drawing fails on the way in
		defer term.Restore(os.Stdin.Fd(), before)
	}
	defer context.AfterFunc(ctx, p.Quit)()
	meanwhile(p.Send)
	if _, err := p.Run(); err != nil {
		return fmt.Errorf("the terminal: %w", err)
	}
	return nil
}

// ended is how a lesson ended, where the run that it showed ended so.
func (c *classroom) ended(ctx context.Context, shown, run error) error {
	switch {
	case ctx.Err() != nil: // whoever asks the context says so
		return run
	case shown != nil:
		return &failure{code: exitInterrupted, err: shown}
	case !c.lesson.Over():
		return &failure{code: exitInterrupted, err: errLeft}
	case c.abort:
		return quietly(exitInterrupted)
	}
	return run
}
