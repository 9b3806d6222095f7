// Package calls makes events of what the kernel said of a program's socket calls,
// in the words in which a story tells of its own: see
// [github.com/rstwatch/rstwatch/scenario/journal].
//
// What no signal tells of is not told: sockets that close_range(2) or the running of
// another program closes without any other way to them, and sendmmsg(2) and recvmmsg(2).
package calls

import (
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
)

// Of returns the events that the signals and the endings tell of, in order of
// Start. A call that its thread ended in has a zero End.
func Of(signals []kernel.Signal, endings []journal.Ending) []scenario.Event {
	w := &witness{
		sockets:  make(map[uint64]*socket),
		nameless: make(map[place]*socket),
	}
	for _, m := range w.moments(signals, endings) {
		m.happens()
	}
	return w.journal.Events()
}

// socket is one that calls were made on.
type socket struct {
	journal.Socket
	state kernel.State // the last that it was said to have entered; 0 until one was
	last  kernel.Signal
}

// place is where a socket is found that the kernel has given no cookie yet.
type place struct{ pid, fd int }

// witness follows what the kernel says.
type witness struct {
	journal  journal.Journal
	sockets  map[uint64]*socket // by cookie
	nameless map[place]*socket
}

// moment is the beginning or the end of something.
type moment struct {
	at      time.Time
	happens func()
}

// moments lists what happened, in order.
func (w *witness) moments(signals []kernel.Signal, endings []journal.Ending) []moment {
	var list []moment
	for i := range signals {
		s := &signals[i]
		switch s.Kind {
		case kernel.SetState:
			list = append(list, moment{s.Time, func() { w.entered(s) }})
		case kernel.Return:
			u := &under{Signal: s, what: kindOf(s.Call)}
			list = append(list, moment{s.Start, func() { w.begins(u) }})
			if !s.Unfinished {
				list = append(list, moment{s.Time, func() { w.returns(u) }})
			}
		}
	}
	for i := range endings {
		e := &endings[i]
		list = append(list, moment{e.Start, func() { w.ends(e) }})
	}
	slices.SortStableFunc(list, func(a, b moment) int { return a.at.Compare(b.at) })
	return list
}

// entered notes the state that a socket is in now.
func (w *witness) entered(s *kernel.Signal) {
	if s.Socket == 0 {
		return
	}
	of := w.of(s.Socket)
	of.state, of.last = s.State, *s
}

// of returns the socket that has a cookie.
func (w *witness) of(cookie uint64) *socket {
	s := w.sockets[cookie]
	if s == nil {
		s = &socket{}
		w.sockets[cookie] = s
	}
	return s
}

// find returns the socket that a call is made on. Before it is connected or listens
// it has no cookie, and options may have been set.
func (w *witness) find(s *kernel.Signal) *socket {
	at := place{s.PID, s.FD}
	before := w.nameless[at]
	if s.Socket == 0 {
		if before == nil {
			before = &socket{}
			w.nameless[at] = before
		}
		return before
	}
	of := w.of(s.Socket)
	if before != nil {
		delete(w.nameless, at)
		if of.Role == "" && of.Dial == nil { // it has got its cookie since
			before.state, before.last = of.state, of.last
			w.sockets[s.Socket], of = before, before
		}
	}
	return of
}

// ends notes the end of a process, which closes what nothing else leads to.
func (w *witness) ends(e *journal.Ending) {
	for _, cookie := range e.Sockets {
		s := w.sockets[cookie]
		if s == nil {
			continue
		}
		w.learn(s, e.Start)
		if r := w.journal.Shut(&s.Socket, e.Start, e.Killed); r != nil {
			r.End = e.End
		}
	}
}

// learn looks whether a connect that is under way has come to its end.
func (w *witness) learn(s *socket, at time.Time) {
	switch s.state.String() {
	case "", "SYN_SENT", "CLOSE":
		return // getpeername(2) names no peer
	}
	w.journal.Learn(&s.Socket, s.last.Local, s.last.Remote, at)
}
