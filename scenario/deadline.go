package scenario

import (
	"slices"
	"time"
)

// calls are the reads, or the writes, of a connection that are under way, and
// the deadline that they have.
type calls struct {
	by   time.Time
	past bool // by lay in the past when it was set
	ids  []int
}

// begin records that one of these calls starts.
func (c *Conn) begin(e Event, with *calls) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.Deadline = with.by
	id := c.rec.begin(e)
	c.rec.cutShort([]int{id}, with.past)
	with.ids = append(with.ids, id)
	return id
}

// end records that it has just returned. The stamp is taken before the lock,
// which is held while a deadline is set: the one that has ended the call is in
// its event by then.
func (c *Conn) end(id int, with *calls, n int, err error) {
	t := now()
	heard := c.ask()
	c.mu.Lock()
	defer c.mu.Unlock()
	with.ids = slices.DeleteFunc(with.ids, func(other int) bool { return other == id })
	c.rec.endAt(id, t, n, err, heard)
}

// SetDeadline sets the read and write deadlines. It is not an event of its
// own: the calls that a deadline governs carry it.
func (c *Conn) SetDeadline(t time.Time) error {
	return c.setDeadline(c.net.SetDeadline, t, &c.reads, &c.writes)
}

// SetReadDeadline sets the deadline of reads, also of one that is blocked.
func (c *Conn) SetReadDeadline(t time.Time) error {
	return c.setDeadline(c.net.SetReadDeadline, t, &c.reads)
}

// SetWriteDeadline sets the deadline of writes, also of one that is blocked.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.setDeadline(c.net.SetWriteDeadline, t, &c.writes)
}

// setDeadline holds the lock across the real call, so that two concurrent
// calls leave the same deadline remembered as in force.
func (c *Conn) setDeadline(set func(time.Time) error, t time.Time, of ...*calls) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := now()
	if err := set(t); err != nil {
		return err
	}
	for _, k := range of {
		k.by, k.past = t.Round(0), !t.IsZero() && t.Before(from)
		c.rec.cutShort(c.rec.setDeadline(k.ids, k.by, from), k.past)
	}
	return nil
}

// setDeadline gives the calls with these IDs, which are under way, a deadline
// at the time from, and returns those that have it now. One that lies in the past
// cuts them at that moment. One that has passed stays, for it may be what ends the
// call.
func (r *Recorder) setDeadline(ids []int, by, from time.Time) (have []int) {
	if !by.IsZero() && by.Before(from) {
		by = from
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if e := &r.events[id-1]; e.Deadline.IsZero() || from.Before(e.Deadline) {
			e.Deadline = by
			have = append(have, id)
		}
	}
	return have
}

// cutCall names a call also where its ID is another one in somebody's list.
type cutCall struct {
	conn  int
	start time.Time
}

// cutShort remembers of calls whether their deadline lay in the past when it was
// set.
func (r *Recorder) cutShort(ids []int, past bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		call := cutCall{r.events[id-1].Conn, r.events[id-1].Start}
		switch {
		case !past:
			delete(r.cut, call)
		case r.cut == nil:
			r.cut = map[cutCall]bool{call: true}
		default:
			r.cut[call] = true
		}
	}
}

// Cut reports whether e, a call that r recorded, was ended by a deadline that lay in
// the past when it was set: the program does not want it any more. So net/http's
// server ends the read that waits for the client to go away.
func (r *Recorder) Cut(e Event) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return e.Fault == Deadline && r.cut[cutCall{e.Conn, e.Start}]
}
