package scenario

import (
	"sync"
	"time"
)

// limit is a timer that can be paused: it measures how long a story takes, but
// not how long it is made to wait for those who watch. Several may pause it at
// once; it goes on when the last of them has resumed.
type limit struct {
	timer *time.Timer

	mu     sync.Mutex
	left   time.Duration
	since  time.Time
	paused int
}

func startLimit(d time.Duration, over func()) *limit {
	return &limit{timer: time.AfterFunc(d, over), left: d, since: time.Now()}
}

func (l *limit) pause() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused++; l.paused == 1 {
		l.timer.Stop()
		l.left -= time.Since(l.since)
	}
}

// resume goes on with what is left; nothing left is over at once.
func (l *limit) resume() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.paused--; l.paused == 0 {
		l.since = time.Now()
		l.timer.Reset(l.left)
	}
}

func (l *limit) stop() { l.timer.Stop() }
