package scenario

import "time"

// limit is a timer that can be paused: it measures how long a story takes, but
// not how long it is made to wait for those who watch.
type limit struct {
	timer *time.Timer
	left  time.Duration
	since time.Time
}

func startLimit(d time.Duration, over func()) *limit {
	return &limit{timer: time.AfterFunc(d, over), left: d, since: time.Now()}
}

func (l *limit) pause() {
	l.timer.Stop()
	l.left -= time.Since(l.since)
}

// resume goes on with what is left; nothing left is over at once.
func (l *limit) resume() {
	l.since = time.Now()
	l.timer.Reset(l.left)
}

func (l *limit) stop() { l.timer.Stop() }
