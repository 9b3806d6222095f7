package scenario

// Go makes a call while others are made: it runs do, which is to make one call
// of a peer, in a goroutine of its own and returns as soon as the recording has
// that call as begun. The call may have returned by then, or be about to enter
// the kernel; a story's result must not depend on which.
//
// The function that Go returns, join, blocks until do is over. A story calls
// it, so that what follows follows. If do was aborted, so is the story.
func (s *Stage) Go(do func()) (join func()) {
	begun := s.rec.nextBegun()
	over := make(chan struct{})
	var err error
	s.aside.Go(func() {
		defer close(over)
		err = catch(do)
	})
	select {
	case <-begun:
	case <-over: // it made no call, or was aborted before it
	}
	return func() {
		<-over
		if err != nil {
			panic(abort{err})
		}
	}
}
