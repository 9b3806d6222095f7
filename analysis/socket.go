package analysis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// Socket is what the model knows of one end of a connection at a moment.
type Socket struct {
	State       State
	Pending     scenario.Fault // sk_err, "" if there is none
	Soft        scenario.Fault // sk_err_soft, "" if there is none
	FINReceived bool           // SOCK_DONE
	ReadShut    bool           // RCV_SHUTDOWN
	WriteShut   bool           // SEND_SHUTDOWN
	Orphan      bool           // the application has closed it
	Unread      int            // octets that wait to be read
	OwesFIN     bool           // a FIN that has not been seen to leave
	Owes        []Reason       // of the RSTs that have not been seen to leave, oldest first
}

// String says it all in one line, such as
// "CLOSED, ECONNRESET pending, shut rw, 3 unread". What is not named is not so.
func (s Socket) String() string {
	parts := []string{s.State.String()}
	say := func(is bool, what string) {
		if is {
			parts = append(parts, what)
		}
	}
	say(s.Pending != "", string(s.Pending)+" pending")
	say(s.Soft != "", string(s.Soft)+" soft")
	say(s.FINReceived, "FIN received")
	say(s.ReadShut && s.WriteShut, "shut rw")
	say(s.ReadShut && !s.WriteShut, "shut r")
	say(!s.ReadShut && s.WriteShut, "shut w")
	say(s.Orphan, "orphan")
	say(s.Unread > 0, fmt.Sprintf("%d unread", s.Unread))
	say(s.OwesFIN, "owes FIN")
	for _, r := range s.Owes {
		parts = append(parts, "owes RST "+string(r))
	}
	return strings.Join(parts, ", ")
}

// Sockets returns what the latest socket of role can have been at the moment
// at, by the model and by what had been seen until then: one Socket where there
// is no doubt, none where role has no connection. All segments stamped until
// then are taken to have reached it.
func Sockets(e Evidence, role scenario.Role, at time.Time) []Socket {
	if e.Model == nil {
		e.Model = Linux()
	}
	e = until(e, at)
	list := connections(e.Segments)
	attach(list, e.Events)
	for _, c := range slices.Backward(list) {
		for i := range c.ends {
			if s := &c.ends[i]; s.role(i == 0) == role {
				r, _ := live(e.Model, c, s)
				return r.sockets()
			}
		}
	}
	return nil
}

// until cuts off what came after the moment at.
func until(e Evidence, at time.Time) Evidence {
	events := slices.Clone(e.Events)
	e.Events = events[:0]
	for _, ev := range events {
		if ev.Start.After(at) {
			continue
		}
		if ev.End.After(at) {
			ev.End, ev.State, ev.StateAt = time.Time{}, "", time.Time{}
		}
		e.Events = append(e.Events, ev)
	}
	n := len(e.Segments)
	for n > 0 && e.Segments[n-1].Time.After(at) {
		n--
	}
	e.Segments = e.Segments[:n]
	return e
}

// sockets lists the worlds that are left, those that look alike once.
func (r *replay) sockets() (list []Socket) {
	for i := range r.worlds.list {
		list = r.worlds.list[i].socket().addTo(list)
	}
	return list
}

func (e *endpoint) socket() Socket {
	s := Socket{State: e.state, Pending: e.err, Soft: e.soft, FINReceived: e.shut.has(done), ReadShut: e.shut.has(rcvShut),
		WriteShut: e.shut.has(sendShut), Orphan: e.orphan, Unread: e.unread(), OwesFIN: e.finOut && !e.finSent}
	for _, r := range e.owed {
		if r.reason != "" {
			s.Owes = append(s.Owes, r.reason)
		}
	}
	return s
}
