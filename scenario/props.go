package scenario

import (
	"slices"
)

// prop is a socket that is open.
type prop struct {
	role    Role
	sock    socket       // as far as known
	close   func() error // recorded
	release func() error // not recorded, from any goroutine, also twice
}

// add notes that a socket is open. One that opens too late is closed at once.
func (s *Stage) add(p *prop) *prop {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		p.release()
		return p
	}
	s.open = append(s.open, p)
	return p
}

// remove notes that the story has closed a socket.
func (s *Stage) remove(p *prop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(q *prop) bool { return p == q })
}

// clear closes what the story has left open, first opened first, as calls of
// the story. If the context ends meanwhile the rest is closed unrecorded.
func (s *Stage) clear() error {
	err := catch(func() {
		for {
			s.mu.Lock()
			rest := s.open
			s.mu.Unlock()
			if len(rest) == 0 || s.ctx.Err() != nil {
				return
			}
			next := rest[0].sock.event(OpClose)
			next.Role = rest[0].role
			s.make(next, func() { rest[0].close() })
			s.remove(rest[0])
		}
	})
	s.release()
	return err
}

// release closes all sockets at once, so that no call stays blocked. Where that
// cuts the story off, the calls that it wakes have not returned, see ownContext.
func (s *Stage) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	for _, p := range s.open {
		p.release() // its result concerns nobody
	}
	s.open = nil
}
