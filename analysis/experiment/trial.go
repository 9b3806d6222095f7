package experiment

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/proof"
	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

// trial is one experiment while it is made.
type trial struct {
	ctx     context.Context // ends with the performance
	session *session.Session
	action  proof.Action
	finals  []proof.CallKey
	rec     *scenario.Recorder
	took    map[proof.CallKey]time.Duration // by the calls of the original
	waited  map[proof.CallKey]time.Duration // by its polls
	stretch int
	watches sync.WaitGroup

	mu         sync.Mutex
	counter    *proof.Counter
	polls      *proof.Counter
	dialing    map[scenario.Role]proof.CallKey // the dial that is under way
	conns      map[proof.Pair]*scenario.Conn   // by their own end, and the other
	rules      []*lab.Rule
	forgedFrom proof.Pair  // of doses: from whom, to whom
	next       capture.Seq // of doses: the exact number
	held       *held       // nil before its rule is in force
	fired      bool        // what is to be forged was
	failed     error
	result     proof.Result
}

func newTrial(ctx context.Context, s *session.Session, original *analysis.Run, a proof.Action, finals []proof.CallKey, stretch int) *trial {
	t := &trial{ctx: ctx, session: s, action: a, finals: finals, rec: scenario.NewRecorder(), stretch: stretch,
		took: make(map[proof.CallKey]time.Duration), waited: make(map[proof.CallKey]time.Duration),
		counter: proof.NewCounter(), polls: proof.NewCounter(),
		dialing: make(map[scenario.Role]proof.CallKey), conns: make(map[proof.Pair]*scenario.Conn),
	}
	t.result.Dials = make(map[proof.CallKey]proof.Life)
	keys := proof.Keys(original.Evidence.Events)
	for _, e := range original.Evidence.Events {
		if e.End.IsZero() {
			continue
		}
		of := t.took
		if e.Op == scenario.OpPoll || e.Op == scenario.OpGone {
			of = t.waited
		}
		of[keys[e.ID]] = e.End.Sub(e.Start)
	}
	return t
}

func (t *trial) hooks() *scenario.Trial {
	return &scenario.Trial{Begin: t.begin, Wait: t.wait, Dialling: t.dialling, Made: t.made, Over: t.over}
}

// begin is asked before each call.
func (t *trial) begin(next scenario.Event) scenario.Terms {
	t.catchUp()
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.result.Over.IsZero() { // what was left open is closed
		return scenario.Terms{Bound: bound(0, t.stretch)}
	}
	if t.enough() {
		return scenario.Terms{Stop: true}
	}
	key := t.counter.Begin(next)
	if next.Op == scenario.OpDial {
		t.dialing[next.Role] = key
	}
	if t.withholds(key) {
		return scenario.Terms{Withhold: true}
	}
	t.resumes(next)
	t.armAt(key, next)
	t.counter.Made(key)
	return scenario.Terms{Bound: bound(t.took[key], t.stretch)}
}

// withholds reports whether a call is not to be made, and does what is to be done
// in its place.
func (t *trial) withholds(key proof.CallKey) bool {
	a := &t.action
	switch {
	case a.AsideCall != (proof.CallKey{}) && key == a.AsideCall:
	case a.HoldCall != (proof.CallKey{}) && key == a.HoldCall:
		t.result.Withheld = now()
		t.forgeNow()
	case a.Kind == proof.Withhold && key == a.Call:
		t.result.Withheld = now()
	case t.result.Withheld.IsZero():
		return false
	case a.HoldCall != (proof.CallKey{}):
		return proof.Repeats(key, a.HoldCall)
	case a.Until != (proof.CallKey{}):
		return key != a.Until && key.Conn == a.Call.Conn && proof.Takes(key.Op)
	default:
		return false
	}
	return true
}

// enough reports whether every call has returned that the experiment is about.
func (t *trial) enough() bool {
	calls := t.counter.Calls(t.rec.Events())
	for _, k := range t.finals {
		if e, made := calls[k]; !made || e.End.IsZero() {
			return false
		}
	}
	return true
}

// resumes notes the first call after the one that was withheld that could make
// its socket send something.
func (t *trial) resumes(next scenario.Event) {
	held := t.action.Call
	if t.action.Kind == proof.Withhold && !t.result.Withheld.IsZero() && t.result.Resumed.IsZero() &&
		next.Conn == held.Conn && proof.Sends(next.Op) {
		t.result.Resumed = now()
	}
}

// wait is how long a wait may take.
func (t *trial) wait(next scenario.Event) time.Duration {
	t.catchUp()
	if next.Op == "" {
		return bound(0, t.stretch)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return bound(t.waited[t.polls.Begin(next)], t.stretch)
}

// dialling is called when a socket is about to connect.
func (t *trial) dialling(call scenario.Event) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	key := t.dialing[call.Role]
	t.result.Dials[key] = proof.Life{Pair: proof.Pair{Dialler: call.Local, Other: call.Remote}, Since: now()}
	t.arm(proof.BeforeDial, key)
	if t.silences() && key == t.action.Call {
		t.silence(call.Local, call.Remote)
	}
	return t.failed
}

// made is called when a connection stands for one of its ends.
func (t *trial) made(call scenario.Event, c *scenario.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns[proof.Pair{Dialler: call.Local, Other: call.Remote}] = c
	for key, dialled := range t.result.Dials {
		switch dialled.Pair {
		case proof.Pair{Dialler: call.Local, Other: call.Remote}:
			t.arm(proof.Dialled, key)
		case proof.Pair{Dialler: call.Remote, Other: call.Local}:
			t.arm(proof.Accepted, key)
		}
	}
	if t.action.Kind == proof.Silence && t.concerns(call) {
		t.silence(call.Local, call.Remote)
	}
}

// concerns reports whether a connection is the one of the call that must need
// nothing from its peer.
func (t *trial) concerns(call scenario.Event) bool {
	k := t.action.Call
	return call.Conn == k.Conn || k.Conn == 0 && k.Op.Library() && call.Role == k.Role
}

func (t *trial) silences() bool {
	return t.action.Kind == proof.Silence || t.action.Kind == proof.LateSilence
}

// armAt arms what waits for a call to begin.
func (t *trial) armAt(key proof.CallKey, next scenario.Event) {
	if t.action.Kind == proof.LateSilence && key == t.action.Call && next.Local.IsValid() && next.Remote.IsValid() {
		t.silence(next.Local, next.Remote)
	}
	for _, k := range t.taken() {
		if k.Arm == proof.Sending && k.Sender == key {
			t.take(k)
		}
	}
	if t.action.Kind == proof.Answer && t.action.Segment.Sender == key && t.action.Segment.Arm == proof.Sending {
		t.answer()
	}
}

// over is called when the story has come to its end.
func (t *trial) over() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.result.Over = now()
}

// finish ends what the experiment has begun, takes its rules away and forgets
// the sockets that it has left behind. It blocks until nothing is under way.
func (t *trial) finish() error {
	t.watches.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, r := range t.rules {
		n, err := r.Count()
		t.result.Taken += n
		t.fail(errors.Join(err, r.Remove()))
	}
	for _, p := range t.result.Dials {
		forget(p.Dialler, p.Other)
		forget(p.Other, p.Dialler)
	}
	return t.failed
}

// forget ends a socket that nobody has any more and that waits for what was
// taken off the wire. Mostly there is none.
func forget(local, remote netip.AddrPort) {
	if local.IsValid() && remote.IsValid() {
		_ = lab.Destroy(local, remote)
	}
}

func (t *trial) fail(err error) {
	if t.failed == nil {
		t.failed = err
	}
}

// now is the wall clock, which the capture's stamps come from.
func now() time.Time { return time.Now().Round(0) }
