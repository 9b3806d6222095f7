package scenario

import "time"

// await holds a call back until the stage's gate lets it go on.
func (s *Stage) await(next Event) {
	if s.opts.Gate == nil {
		return
	}
	s.limit.pause()
	defer s.limit.resume()
	s.opts.Gate(s.ctx, next)
}

// lent is a connection in the hands of a library, whose calls are held back as
// those of the story are.
type lent struct {
	*Conn
	stage *Stage
}

// Read reads as [Conn.Read] does.
func (l *lent) Read(p []byte) (int, error) {
	l.await(OpRead, len(p), &l.reads, l.SetReadDeadline)
	defer l.within(OpRead, l.stage.terms(l.next(OpRead, len(p))).Bound)() // a library is not kept from reading
	return l.Conn.Read(p)
}

// Write writes as [Conn.Write] does.
func (l *lent) Write(p []byte) (int, error) {
	l.await(OpWrite, len(p), &l.writes, l.SetWriteDeadline)
	terms := l.stage.terms(l.next(OpWrite, len(p)))
	if terms.Withhold {
		return len(p), nil
	}
	defer l.within(OpWrite, terms.Bound)()
	return l.Conn.Write(p)
}

// Close closes as [Conn.Close] does.
func (l *lent) Close() error {
	l.stage.await(l.next(OpClose, 0))
	if l.stage.terms(l.next(OpClose, 0)).Withhold {
		return nil
	}
	return l.Conn.Close()
}

// CloseWrite ends the stream as [Conn.CloseWrite] does.
func (l *lent) CloseWrite() error {
	l.stage.await(l.next(OpCloseWrite, 0))
	if l.stage.terms(l.next(OpCloseWrite, 0)).Withhold {
		return nil
	}
	return l.Conn.CloseWrite()
}

// next is the call that is about to be made.
func (l *lent) next(op Op, asked int) Event {
	next := l.sock.event(op)
	next.Asked = asked
	return next
}

// await holds a call back. A deadline that the library has set for it is put off
// by as long as that took.
func (l *lent) await(op Op, asked int, of *calls, set func(time.Time) error) {
	start, before := now(), l.deadline(of)
	l.stage.await(l.next(op, asked))
	if before.After(start) && before.Equal(l.deadline(of)) {
		set(before.Add(now().Sub(start))) // where it can not be set the call fails as well
	}
}

// deadline returns the deadline that is in force for these calls.
func (c *Conn) deadline(of *calls) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return of.by
}
