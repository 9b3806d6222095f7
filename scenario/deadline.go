package scenario

import (
	"slices"
	"time"
)

// calls are the reads, or the writes, of a connection that are under way, and
// the deadline that they have.
type calls struct {
	by  time.Time
	ids []int
}

// begin records that one of these calls starts.
func (c *Conn) begin(e Event, with *calls) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.Deadline = with.by
	id := c.rec.begin(e)
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
		k.by = t.Round(0)
		c.rec.setDeadline(k.ids, k.by, from)
	}
	return nil
}

// setDeadline gives the calls with these IDs, which are under way, a deadline
// at the time from. One that lies in the past cuts them at that moment. One
// that has passed stays, for it may be what ends the call.
func (r *Recorder) setDeadline(ids []int, by, from time.Time) {
	if !by.IsZero() && by.Before(from) {
		by = from
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		if e := &r.events[id-1]; e.Deadline.IsZero() || from.Before(e.Deadline) {
			e.Deadline = by
		}
	}
}
