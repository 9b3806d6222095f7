package scenario

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// StageOptions say where and how a story is performed.
type StageOptions struct {
	Family Family         // "" for IPv4
	Ports  []uint16       // for Listen from the first on, for Bind from the last, see [Reserve]; when used up, free ones
	Pace   time.Duration  // a real pause before each call; 0 for none
	Limit  time.Duration  // how long the story may take, pauses not counted; 0 for 60 s
	Before func(Role, Op) // called before each call, and before its pause; may be nil

	// Gate holds every call of the story back, those of libraries too, until it
	// returns, or ctx ends: next has the call's role, operation and arguments, and
	// its socket where it has one. It is called from the goroutine that makes the
	// call, so for several calls at once where several are to be made. Only then do
	// the deadlines begin that the call is made with, and the story's limit does not
	// count meanwhile. What the kernel does by its own timers it does all the same, but for
	// the keep-alive probes that Go asks for: they are off.
	// The waits of a story, which take nothing from a socket, are not held back. May
	// be nil.
	Gate func(ctx context.Context, next Event)

	// Trial changes how the story is performed; may be nil.
	Trial *Trial

	// Told is told what the story does besides calls: "drop what comes from the
	// server". It is called from the story's goroutine; may be nil.
	Told func(what string)

	// Recorder is what records the calls, for those who look at them meanwhile; nil
	// for one that nobody looks into.
	Recorder *Recorder
}

// DefaultLimit is the limit of a story that is given none. Those of the
// catalogue take two seconds at most; a machine that stands still for a second in
// a handshake makes a retransmission timeout of three (RFC 6298 §2.2).
const DefaultLimit = time.Minute

// ErrStuck is in the error of a story that did not end within its limit.
var ErrStuck = errors.New("stuck")

// Stage is where a story is performed: it makes the sockets, records what is
// called on them, and sees to it that every one is closed in the end. Its
// methods are for the goroutine that Play runs in, the calls of its peers also
// for those that Go starts.
type Stage struct {
	ctx      context.Context // ends after outer has
	outer    context.Context
	opts     StageOptions
	rec      *Recorder
	listener *Listener
	hearing  *prop          // of the listener
	listened netip.AddrPort // where the listener is, or the last one was
	changed  []func() error // how to change the network back, see Change

	turn  sync.Mutex // held while a call is announced
	limit *limit
	end   func(cause error) // ends ctx
	once  sync.Once         // the trial knows that the story is over
	doing string            // the call in progress, or the last one: "in client read"

	mu    sync.Mutex
	open  []*prop        // in the order in which they were opened
	ended bool           // the context has ended: nothing stays open
	aside sync.WaitGroup // what Go has started
}

// abort is what a stage panics with to leave a story, whose calls return no
// error to pass on. Perform recovers it, as the testing package does for
// FailNow; any other panic goes on.
type abort struct{ err error }

// Perform plays the story in the calling goroutine and returns its calls, in
// order of Start. It blocks until the story is over and its sockets are closed.
//
// Calls that fail are part of the story. The error is about the stage: it could
// not listen, a wait ran out ([*WaitError]), the story was stuck longer than
// its limit ([ErrStuck]), or ctx has ended (then errors.Is finds ctx.Err() and
// its cause). Blocked calls are then woken by closing their sockets, and the
// events up to there come with the error.
func Perform(ctx context.Context, sc *Scenario, o StageOptions) ([]Event, error) {
	if o.Family == "" {
		o.Family = IPv4
	}
	if !o.Family.Loopback().IsValid() {
		return nil, fmt.Errorf("scenario: unknown family %q", o.Family)
	}
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	rec := o.Recorder
	if rec == nil {
		rec = NewRecorder()
	}
	rec.calm, rec.trial = o.Gate != nil, o.Trial
	own, stop := ownContext(ctx, rec)
	defer stop(nil)
	s := &Stage{ctx: own, outer: ctx, opts: o, rec: rec, end: stop, doing: "before the first call"}
	s.limit = startLimit(o.Limit, func() { stop(ErrStuck) })
	defer s.limit.stop()
	err := s.perform(sc.Play)
	return s.rec.Events(), err
}

// ownContext returns the context of a story, which ends with ctx or when stop is
// called. Before it does, rec takes no more results: what ends because of it, a
// dial for one, is no result of the story's.
func ownContext(ctx context.Context, rec *Recorder) (own context.Context, stop func(cause error)) {
	own, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	end := func(cause error) {
		rec.shutOut()
		cancel(cause)
	}
	forget := context.AfterFunc(ctx, func() { end(causeOf(ctx)) })
	return own, func(cause error) {
		forget()
		end(cause)
	}
}

// perform plays, closes what is still open, and leaves no goroutine behind.
func (s *Stage) perform(play func(*Stage)) (err error) {
	released := make(chan struct{})
	forget := context.AfterFunc(s.ctx, func() {
		defer close(released)
		s.release()
	})
	defer func() {
		err = errors.Join(unlessEnough(err), unlessEnough(s.clear()))
		s.aside.Wait() // with all sockets closed, nothing blocks
		if !forget() {
			<-released
		}
		err = errors.Join(err, s.restore())
	}()
	defer s.over()
	return catch(func() { play(s) })
}

// catch runs f and returns the error that it was aborted with.
func catch(f func()) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case abort:
			err = p.err
		default:
			panic(p)
		}
	}()
	f()
	return nil
}

// call makes one call of the story, as someone who watches may see it.
func (s *Stage) call(role Role, op Op, do func()) { s.make(Event{Role: role, Op: op}, do) }

// make is call for one of which more is known before it begins.
func (s *Stage) make(next Event, do func()) {
	s.makeWithin(next, func(time.Duration) { do() })
}

// makeWithin is make for one that can be bounded: do is told how long it may
// take, 0 for as long as it likes.
func (s *Stage) makeWithin(next Event, do func(bound time.Duration)) {
	s.await(next)
	s.announce(next.Role, next.Op)
	s.goOn()
	terms := s.terms(next)
	s.goOn() // unless that has stopped the story
	if terms.Withhold {
		return
	}
	do(terms.Bound)
	s.goOn() // what a released socket has returned is no result
}

// announce lets those who watch see the call that is next.
func (s *Stage) announce(role Role, op Op) {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.doing = fmt.Sprintf("in %s %s", role, op)
	s.limit.pause()
	if s.opts.Before != nil {
		s.opts.Before(role, op)
	}
	s.sleep(s.opts.Pace)
	s.limit.resume()
}

// wait blocks until something has happened on a socket, or aborts the story.
// The lock keeps release from closing the other end under it, which would look
// like the end that is awaited.
func (s *Stage) wait(next Event, until func(context.Context) error) {
	ctx, cancel, gaveUp := s.waiting(next)
	defer cancel()
	s.mu.Lock()
	err := until(ctx)
	s.mu.Unlock()
	if err == nil || gaveUp(err) {
		return
	}
	if !errors.Is(err, context.Cause(s.ctx)) {
		s.goOn() // the socket was closed because the context has ended
	}
	panic(abort{err})
}

// sleep pauses for d, or less if the context ends.
func (s *Stage) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
	}
}

// goOn aborts the story if the context has ended.
func (s *Stage) goOn() {
	if s.outer.Err() == nil && s.ctx.Err() == nil {
		return
	}
	<-s.ctx.Done()
	s.turn.Lock()
	doing := s.doing
	s.turn.Unlock()
	err := causeOf(s.ctx)
	if errors.Is(err, ErrStuck) {
		panic(abort{fmt.Errorf("scenario: %w %s: not over after %v", err, doing, s.opts.Limit)})
	}
	panic(abort{fmt.Errorf("scenario: interrupted %s: %w", doing, err)})
}
