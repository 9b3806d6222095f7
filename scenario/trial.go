package scenario

import (
	"context"
	"errors"
	"net/netip"
	"time"
)

// Trial changes how a story is performed, to see what becomes of its calls: one
// call is not made, or something happens to the network at a moment that only
// the story knows. What then blocks ends at a bound, and the story goes on.
//
// Its functions may be nil. They are called from the goroutine that makes the
// call, so for several at once where several are made.
type Trial struct {
	// Begin is asked before each call but the polls, those of libraries too.
	Begin func(next Event) Terms

	// Wait is how long a wait of the story may take; op is OpPoll or OpGone for
	// those that are recorded, and otherwise "". 0 is [DefaultBound].
	Wait func(next Event) time.Duration

	// Dialling is called before a socket connects, when it has an address of its
	// own. An error fails the dial.
	Dialling func(call Event) error

	// Made is called when a dial or an accept has succeeded, before anything else
	// is done with its socket, which c is.
	Made func(call Event, c *Conn)

	// Over is called when the story has come to its end, or was stopped, before
	// what it left open is closed.
	Over func()
}

// Terms are on what terms a call is made.
type Terms struct {
	Withhold bool          // it is not made: the story goes on as if it had been
	Stop     bool          // neither it nor anything after it is made: enough has been seen
	Bound    time.Duration // how long it may take; 0 for as long as it likes
}

// DefaultBound is how long a wait of a trial may take of which nobody says how
// long it should.
const DefaultBound = 250 * time.Millisecond

// errEnough ends a story that a trial has stopped.
var errEnough = errors.New("enough has been seen")

// errWithheld ends a story that can not go on without the call that a trial has
// withheld.
var errWithheld = errors.New("scenario: the dial was withheld")

// terms asks the trial about a call. If it says so, everything ends; whoever asks
// goes on as the goroutine permits that it is in.
func (s *Stage) terms(next Event) Terms {
	if s.opts.Trial == nil || s.opts.Trial.Begin == nil {
		return Terms{}
	}
	t := s.opts.Trial.Begin(next)
	if t.Stop {
		s.over()
		s.end(errEnough)
	}
	return t
}

// unlessEnough is the error of a part of the story, nil where a trial has ended
// it.
func unlessEnough(err error) error {
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// over tells the trial that the story has come to its end.
func (s *Stage) over() {
	if s.opts.Trial != nil && s.opts.Trial.Over != nil {
		s.once.Do(s.opts.Trial.Over)
	}
}

// dialling returns what is to be called when a socket of role is about to
// connect.
func (r *Recorder) dialling(role Role) func(local, remote netip.AddrPort) error {
	if r.trial == nil || r.trial.Dialling == nil {
		return func(netip.AddrPort, netip.AddrPort) error { return nil }
	}
	return func(local, remote netip.AddrPort) error {
		return r.trial.Dialling(Event{Role: role, Op: OpDial, Local: local, Remote: remote})
	}
}

// made tells the trial that a connection stands, as far as this end knows.
func (r *Recorder) made(call Event, c *Conn) {
	if r.trial != nil && r.trial.Made != nil {
		r.trial.Made(call, c)
	}
}

// bounded returns the context of a call that may take so long; 0 is no bound.
func (s *Stage) bounded(bound time.Duration) (context.Context, context.CancelFunc) {
	if bound <= 0 {
		return s.ctx, func() {}
	}
	return context.WithTimeout(s.ctx, bound)
}

// waiting returns the context of a wait, and whether an error means no more than
// that it has come to its bound: a trial then goes on.
func (s *Stage) waiting(next Event) (ctx context.Context, cancel context.CancelFunc, gaveUp func(error) bool) {
	trial := s.opts.Trial
	if trial == nil {
		return s.ctx, func() {}, func(error) bool { return false }
	}
	bound := time.Duration(0)
	if trial.Wait != nil {
		bound = trial.Wait(next)
	}
	if bound <= 0 {
		bound = DefaultBound
	}
	ctx, cancel = s.bounded(bound)
	return ctx, cancel, func(err error) bool {
		return errors.Is(err, context.DeadlineExceeded) && s.ctx.Err() == nil
	}
}

// within gives accepts a deadline, which the function that it returns takes
// back.
func (l *Listener) within(bound time.Duration) (undo func()) {
	d, ok := l.net.(interface{ SetDeadline(time.Time) error })
	if bound <= 0 || !ok || d.SetDeadline(time.Now().Add(bound)) != nil {
		return func() {}
	}
	return func() { d.SetDeadline(time.Time{}) } // closed meanwhile, it needs none
}

// within gives reads, or writes, a deadline as long as nobody else gives them one.
// The function that it returns takes it back.
func (c *Conn) within(op Op, bound time.Duration) (undo func()) {
	of, set := &c.reads, c.SetReadDeadline
	switch op {
	case OpRead:
	case OpWrite:
		of, set = &c.writes, c.SetWriteDeadline
	default:
		return func() {}
	}
	if bound <= 0 || !c.deadline(of).IsZero() {
		return func() {}
	}
	by := time.Now().Add(bound)
	if set(by) != nil { // the call fails in the same way
		return func() {}
	}
	return func() {
		if c.deadline(of).Equal(by.Round(0)) {
			set(time.Time{}) // closed meanwhile, it needs none
		}
	}
}

// StateOf returns the TCP state of a connection's socket, as [Event.State] has
// it; "" if it has been closed. It takes nothing from the socket.
func StateOf(c *Conn) string { return c.ask().state }
