//go:build amd64 || arm64

package traced

import (
	"slices"
	"syscall"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// record is an event that is being written.
type record struct {
	scenario.Event
	sock *socket // whose role and addresses it gets, where it has none of its own
	void bool    // it has turned out to be none
}

// journal is what has been witnessed.
type journal struct {
	records []*record
	sockets int // that something is told of
}

// begin notes that a call on s begins.
func (j *journal) begin(op scenario.Op, s *socket, at time.Time) *record {
	r := &record{sock: s, Event: scenario.Event{Op: op, Start: at, Local: s.local, Remote: s.remote}}
	j.records = append(j.records, r)
	return r
}

// end notes that it has returned.
func (r *record) end(at time.Time, n int, fault scenario.Fault, text string) {
	r.End, r.N, r.Fault, r.Err = at, n, fault, text
}

// fail is end for a call that failed.
func (r *record) fail(at time.Time, errno syscall.Errno, name string) {
	r.end(at, 0, scenario.FaultOf(errno), name+": "+errno.Error())
}

// events returns what was witnessed, in order of Start.
func (j *journal) events() []scenario.Event {
	kept := slices.DeleteFunc(j.records, func(r *record) bool { return r.void })
	slices.SortStableFunc(kept, func(a, b *record) int { return a.Start.Compare(b.Start) })
	list := make([]scenario.Event, len(kept))
	for i, r := range kept {
		s := r.sock
		if s.number == 0 {
			j.sockets++
			s.number = j.sockets
		}
		r.ID, r.Conn = i+1, s.number
		if r.Role = s.role; r.Role == "" {
			r.Role = scenario.Client
		}
		if !r.Local.IsValid() {
			r.Local = s.local
		}
		if !r.Remote.IsValid() {
			r.Remote = s.remote
		}
		list[i] = r.Event
	}
	return list
}
