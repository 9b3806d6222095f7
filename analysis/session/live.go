package session

import (
	"errors"
	"net/netip"
	"slices"
	"sync"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Live tells of a performance while it lasts. It is safe for concurrent use.
type Live struct {
	session *Session
	rec     *scenario.Recorder
	kernel  *scenario.Kernel
	blank   *analysis.Run // without evidence

	mu    sync.Mutex
	act   string
	over  bool
	final []capture.Segment // once it is over
}

// End is one end of a connection, and what the kernel says of its socket. A
// listener has no remote address.
type End struct {
	Local, Remote netip.AddrPort
	scenario.Sight
}

// watch gives whoever asked for it what tells of the performance that is about
// to begin.
func (s *Session) watch(rec *scenario.Recorder, sc *scenario.Scenario, o Stage) (*Live, error) {
	if o.Watch == nil {
		return nil, nil
	}
	k, err := scenario.NewKernel(rec)
	if err != nil {
		return nil, err
	}
	l := &Live{session: s, rec: rec, kernel: k, blank: s.run(sc, o)}
	o.Watch(l)
	return l, nil
}

// Close gives back what it takes to ask the kernel.
func (l *Live) Close() error { return l.kernel.Close() }

func (l *Live) told(act string) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.act = act
}

// Act returns what the story has done last besides calls, "" if nothing.
func (l *Live) Act() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.act
}

// finish takes the segments of a performance that is over.
func (l *Live) finish(take func() []capture.Segment) []capture.Segment {
	if l == nil {
		return take()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.over, l.final = true, take()
	return l.final
}

// Evidence returns what has been seen until now. The capture may be behind the
// calls by a moment, and a connection that is still being made may turn out to
// be a stranger's.
func (l *Live) Evidence() analysis.Evidence {
	e := analysis.Evidence{Model: l.blank.Evidence.Model, Events: l.rec.Events()}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		e.Segments = l.final
	} else {
		e.Segments = l.session.soFar(l.session.tap.peek(), e.Events)
	}
	return e
}

// Run explains what has been seen until now; it changes nothing in e.
func (l *Live) Run(e analysis.Evidence) *analysis.Run {
	r := *l.blank
	r.Evidence, r.Explanation = e, analysis.Explain(e)
	r.Capture.Stats.Delivered = uint64(len(e.Segments))
	return &r
}

// Ends asks the kernel about both ends of every connection in e, in the order in
// which they are first spoken of, and about the listeners.
func (l *Live) Ends(e analysis.Evidence) (ends []End, err error) {
	asked := make(map[End]bool)
	ask := func(local, remote netip.AddrPort) {
		end := End{Local: local, Remote: remote}
		if !local.IsValid() || asked[end] {
			return
		}
		asked[end] = true
		var failed error
		end.Sight, failed = l.kernel.Sight(local, remote)
		err = errors.Join(err, failed)
		ends = append(ends, end)
	}
	for _, ev := range e.Events {
		switch {
		case ev.Remote.IsValid():
			ask(ev.Local, ev.Remote)
			ask(ev.Remote, ev.Local)
		case ev.Op == scenario.OpListen:
			ask(ev.Local, ev.Remote)
		}
	}
	for i := range e.Segments {
		s := &e.Segments[i]
		ask(s.Src, s.Dst)
		ask(s.Dst, s.Src)
	}
	return ends, err
}

// soFar is own while a connection is being made: of a dial that has not
// returned the address is not known, so that segments count which have one end
// at a port of the story.
func (s *Session) soFar(segments []capture.Segment, events []scenario.Event) []capture.Segment {
	dialling := func(e scenario.Event) bool {
		return e.End.IsZero() && (e.Op == scenario.OpDial || e.Op == scenario.OpAccept)
	}
	if !slices.ContainsFunc(events, dialling) {
		return own(segments, events)
	}
	kept := slices.DeleteFunc(segments, func(seg capture.Segment) bool {
		return seg.Src.Port() == s.fence.port || seg.Dst.Port() == s.fence.port
	})
	for i := range kept {
		kept[i].ID = i + 1
	}
	return kept
}
