package analysis

import (
	"maps"

	"github.com/rstwatch/rstwatch/capture"
)

// live replays the side s of c and returns what became of it. Where a result
// fits no world, the machine may have been busy: it is tried again with stamps
// that run further ahead, and late are the calls that only this explains.
//
// Where what follows an RST that only the kernel itself can have sent shows
// that it did not, somebody else sent it in its name.
func live(m *Model, c *connection, s *side) (r *replay, late map[int]bool) {
	if len(s.calls) == 0 {
		return liveWithin(m, c, s, max(lead, c.trip(s)), nil), nil
	}
	r = liveWithin(m, c, s, lead, nil)
	if len(r.uncalled) > 0 && len(r.broken)+len(r.strange) > 0 {
		again := liveWithin(m, c, s, lead, r.uncalled)
		if len(again.broken) < len(r.broken) || len(again.broken) == len(r.broken) && len(again.strange) <= len(r.strange) {
			r = again
		}
	}
	if len(r.broken) == 0 {
		return liveLater(m, c, s, r), nil
	}
	if again := liveWithin(m, c, s, lateLead, r.foreign); len(again.broken) == 0 && !again.overflow {
		return again, r.broken
	}
	return r, nil
}

// liveLater returns r, or, where the socket can not have sent an RST of r, what
// stamps leave that run no further ahead than it takes to make one its own: the
// CPU that had taken in a segment may not have got to it before the call that
// aborted. A timer besides would be too much to assume.
func liveLater(m *Model, c *connection, s *side, r *replay) *replay {
	for ahead := 5 * lead; ahead <= lateLead; ahead *= 5 {
		strangers := r.strangers(c)
		if len(strangers) == 0 {
			break
		}
		maps.Copy(strangers, r.foreign)
		again := liveWithin(m, c, s, ahead, strangers)
		if len(again.broken) == 0 && !again.overflow && len(again.strangers(c)) < len(r.strangers(c)) {
			r = again
		}
	}
	return r
}

// strangers returns the RSTs that the socket can not have sent.
func (r *replay) strangers(c *connection) map[int]bool {
	found := make(map[int]bool)
	for _, s := range c.segments {
		if s.Flags.Has(capture.RST) && r.strange[s.ID] {
			found[s.ID] = true
		}
	}
	return found
}
