package probe

import (
	"math"
	"time"

	"golang.org/x/sys/unix"
)

// clock tells the time of day of a moment of CLOCK_MONOTONIC, the programs'
// clock, by the distance of both clocks now: they drift apart where the time of
// day is corrected, so it is not kept for long.
func clock() func(uint64) time.Time {
	var distance int64
	narrowest := int64(math.MaxInt64)
	for range 5 { // the narrowest: the process may lose the CPU in between
		before, now, after := monotonic(), time.Now().UnixNano(), monotonic()
		if width := after - before; width < narrowest {
			narrowest, distance = width, now-(before+width/2)
		}
	}
	return func(ns uint64) time.Time { return time.Unix(0, int64(ns)+distance) }
}

func monotonic() int64 {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) != nil {
		return 0 // never: the clock always exists
	}
	return t.Nano()
}
