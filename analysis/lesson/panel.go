package lesson

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// stand is what is known of one end of a connection at the spot that is looked
// at: what the kernel said, if it was asked then, and what the model says.
type stand struct {
	role          scenario.Role
	local, remote netip.AddrPort
	kernel        scenario.Sight
	asked         bool
	model         []analysis.Socket
	heard         string    // the state that the kernel gave at the end of the latest call on it; "" if it was not asked
	when          time.Time // of the last thing that happened on it
}

// stands lists both ends of the latest connection of each ladder, those of the
// ladder in which the latest thing happened first; and before there is any
// connection the listeners.
func (l *Lesson) stands() []stand {
	k := l.current()
	ends, asked := l.endsAt(k)
	var list []stand
	for i, names := range l.names {
		list = append(list, l.pair(i, names, k)...)
	}
	if len(list) == 0 {
		return l.listeners(ends)
	}
	for i := range list {
		s := &list[i]
		at := slices.IndexFunc(ends, func(e End) bool { return e.Local == s.local && e.Remote == s.remote })
		if s.asked = asked && at >= 0; !s.asked {
			continue
		}
		if s.kernel = ends[at].Sight; s.kernel.State != "" {
			continue
		}
		// Nobody has been accepted there, but somebody listens.
		at = slices.IndexFunc(ends, func(e End) bool { return e.Local == s.local && !e.Remote.IsValid() })
		switch {
		case len(s.model) != 1 || s.model[0].State != analysis.Listen:
		case at >= 0 && ends[at].State != "":
			s.kernel = ends[at].Sight
		case l.unlistened(s.local): // after the step, which is all that the model speaks of
			s.model = nil
		}
	}
	slices.SortStableFunc(list, func(a, b stand) int { return b.when.Compare(a.when) })
	return list
}

// unlistened reports whether a listener has been closed.
func (l *Lesson) unlistened(local netip.AddrPort) bool {
	return slices.ContainsFunc(l.now.Run.Evidence.Events, func(ev scenario.Event) bool {
		return ev.Op == scenario.OpClose && ev.Local == local && !ev.Remote.IsValid()
	})
}

// pair returns the two ends of the connection of a ladder that the latest step
// until the spot k was about, none if there was no step.
func (l *Lesson) pair(ladder int, names [2]scenario.Role, k int) []stand {
	for ; k >= 0; k-- {
		s := l.spots[k]
		local, remote := addresses(s.Step)
		if s.ladder != ladder || !remote.IsValid() {
			continue
		}
		pair := make([]stand, 2)
		pair[s.Edge] = stand{role: names[s.Edge], local: local, remote: remote, model: s.States[s.Edge], when: s.At}
		pair[1-s.Edge] = stand{role: names[1-s.Edge], local: remote, remote: local, model: s.States[1-s.Edge], when: s.At}
		for e := range pair {
			pair[e].heard = l.heard(ladder, e, &pair[e], k)
		}
		return pair
	}
	return nil
}

// heard returns what the kernel said at the end of the latest call at an end.
func (l *Lesson) heard(ladder, edge int, end *stand, k int) string {
	for ; k >= 0; k-- {
		s := l.spots[k]
		local, remote := addresses(s.Step)
		if s.ladder == ladder && s.Edge == edge && local == end.local && remote == end.remote && s.Heard != "" {
			return s.Heard
		}
	}
	return ""
}

// addresses returns those of the end at whose edge a step stands; invalid ones
// if it does not tell.
func addresses(s scene.Step) (local, remote netip.AddrPort) {
	switch {
	case s.Segment != nil && !s.Segment.ICMP.Is():
		return s.Segment.Src, s.Segment.Dst
	case s.Call != nil && s.Call.Local.IsValid():
		return s.Call.Local, s.Call.Remote
	}
	return netip.AddrPort{}, netip.AddrPort{}
}

// listeners are all that there is before anybody has connected.
func (l *Lesson) listeners(ends []End) (list []stand) {
	for _, e := range ends {
		if e.Remote.IsValid() {
			continue
		}
		s := stand{local: e.Local, kernel: e.Sight, asked: true}
		for _, ev := range l.now.Run.Evidence.Events {
			if ev.Local == e.Local {
				s.role = ev.Role
			}
		}
		list = append(list, s)
	}
	return list
}

// endsAt returns what the kernel said at a spot: after it and before the next.
// asked is false if it was not asked then.
func (l *Lesson) endsAt(k int) (ends []End, asked bool) {
	var from, before time.Time
	if k >= 0 {
		from = l.spots[k].At
	}
	if k+1 < len(l.spots) && k >= 0 {
		before = l.spots[k+1].At
	}
	for _, r := range slices.Backward(l.seen) {
		if !r.to.Before(from) && (before.IsZero() || r.from.Before(before)) {
			return r.ends, true
		}
	}
	return nil, false
}

// line says in words what is known of an end.
func (s *stand) line() (state, aside string) {
	kernel, model := kernelWords(s.kernel), modelWords(s.model)
	switch {
	case !s.asked && s.heard != "" && agrees(scenario.Sight{State: s.heard}, s.model):
		return model, "by the model, as the kernel last said"
	case !s.asked && model == "":
		return "not known", ""
	case !s.asked:
		return model, "by the model; the kernel was not asked"
	case !s.kernel.Known:
		return cmp.Or(model, "not open"), "by the model; this kernel does not tell"
	case model == "":
		return kernel, "says the kernel"
	case agrees(s.kernel, s.model):
		return kernel + soft(s.kernel, s.model), "kernel and model"
	}
	return kernel, "says the kernel; the model: " + model
}

// kernelWords says what the kernel says.
func kernelWords(k scenario.Sight) string {
	parts := []string{k.State}
	if k.State == "" {
		parts[0] = "no socket"
	}
	if k.Unread > 0 && k.State != "LISTEN" {
		parts = append(parts, scene.Octets(k.Unread)+" unread")
	}
	if k.Pending {
		parts = append(parts, "an error waits")
	}
	return strings.Join(parts, ", ")
}

// modelWords says what the model says, "" for nothing.
func modelWords(list []analysis.Socket) string {
	var words []string
	for _, s := range list {
		w := s.State.String()
		if s.State == analysis.Closed && s.Orphan {
			w = "no socket"
		}
		if s.Unread > 0 && !s.Orphan {
			w += ", " + scene.Octets(s.Unread) + " unread"
		}
		if s.Pending != "" && !s.Orphan {
			w += ", " + string(s.Pending) + " waits"
		}
		if !slices.Contains(words, w) {
			words = append(words, w)
		}
	}
	return strings.Join(words, " or ")
}

// agrees reports whether what the kernel says is one of the things that the
// model says. A socket that is closed and has no owner is none.
func agrees(k scenario.Sight, model []analysis.Socket) bool {
	return slices.ContainsFunc(model, func(s analysis.Socket) bool {
		switch {
		case k.State == "":
			return s.State == analysis.Closed
		case s.State == analysis.FinWait2Bucket: // which of the two depends on the kernel's version
			return k.State == "FIN_WAIT2" || k.State == "TIME_WAIT"
		}
		return k.State == s.State.String()
	})
}

// soft names the error that waits, where the kernel says that one does and the
// model says which.
func soft(k scenario.Sight, model []analysis.Socket) string {
	if !k.Pending {
		return ""
	}
	for _, s := range model {
		if s.Pending == "" || s.Pending != model[0].Pending {
			return ""
		}
	}
	return fmt.Sprintf(": %s", model[0].Pending)
}
