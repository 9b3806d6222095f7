package file

import (
	"fmt"
	"math/bits"
	"time"
)

// Times are kept to what an int64 of nanoseconds can hold, from 1970 to 2262:
// a stamp beyond is a broken file rather than a packet of that day.
const maxSeconds = 9223372036

// nanoseconds returns t as blocks have it.
func nanoseconds(t time.Time) (uint64, error) {
	if s := t.Unix(); s < 0 || s >= maxSeconds {
		return 0, fmt.Errorf("file: time %v is not within 1970 and 2262", t)
	}
	return uint64(t.UnixNano()), nil
}

// clock turns the stamps of one interface into times.
type clock struct {
	perSecond uint64 // how many units a second has
	offset    int64  // seconds to add (if_tsoffset)
}

// microseconds is the clock of an interface that does not name one.
func microseconds() clock { return clock{perSecond: 1e6} }

// newClock reads the value of if_tsresol: the negative exponent of ten, or of
// two if the highest bit is set. ok is false if a unit is too small to count
// seconds of it in 64 bits.
func newClock(resolution byte) (c clock, ok bool) {
	exponent := resolution & 0x7f
	if resolution&0x80 != 0 {
		return clock{perSecond: 1 << (exponent & 63)}, exponent < 64
	}
	c.perSecond = 1
	for range min(exponent, 19) { // 10¹⁹ is the last power that fits
		c.perSecond *= 10
	}
	return c, exponent <= 19
}

// at returns the time of a stamp, rounded down to nanoseconds; ok is false if
// it is out of range.
func (c clock) at(stamp uint64) (t time.Time, ok bool) {
	n, ok := c.nanos(stamp)
	if !ok {
		return t, false
	}
	return time.Unix(0, n).UTC(), true
}

// nanos returns the time of a stamp in nanoseconds since 1970, rounded down;
// ok is false if it is out of range.
func (c clock) nanos(stamp uint64) (n int64, ok bool) {
	// The two clocks that files have need no division.
	if c.offset == 0 && c.perSecond == 1e9 {
		return int64(stamp), stamp < maxSeconds*1e9
	}
	if c.offset == 0 && c.perSecond == 1e6 {
		return int64(stamp * 1e3), stamp < maxSeconds*1e6
	}
	seconds := stamp / c.perSecond
	if seconds >= maxSeconds {
		return 0, false
	}
	// The fraction times 10⁹ may need more than 64 bits; the quotient is below
	// 10⁹, since the fraction is below a second.
	hi, lo := bits.Mul64(stamp%c.perSecond, 1e9)
	ns, _ := bits.Div64(hi, lo, c.perSecond)
	total := int64(seconds) + c.offset
	if total < 0 || total >= maxSeconds {
		return 0, false
	}
	return total*1e9 + int64(ns), true
}
