package match

import (
	"fmt"
	"math"
	"time"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

// slack is how far the clocks of who wrote the line and of who captured may be
// apart.
const slack = 2 * time.Second

// timing is how a connection lies to the moment of the line.
type timing struct {
	weight int
	before bool          // the line was written before the connection began
	apart  time.Duration // from what ended it to the line, either way
	why    string
}

// when weighs the moment of the line against a connection's life: an error is
// written down after what caused it.
func when(c *survey.Connection, f scenario.Fault, m logline.Moment) timing {
	if m.Time.IsZero() {
		return timing{}
	}
	from, to := m.Time.UnixNano(), m.Time.Add(m.Step).UnixNano()
	if begin := time.Duration(c.First - to); begin > slack {
		return timing{weight: -25, before: true, apart: begin, why: fmt.Sprintf("the line was written %s before it began", span(begin))}
	}
	at, what := event(c, f)
	t := timing{weight: 15, why: fmt.Sprintf("%s came in the line's %s", what, stepName(m.Step))}
	switch {
	case at < from:
		t.apart = time.Duration(from - at)
		t.why = fmt.Sprintf("%s came %s before the line", what, span(t.apart))
		switch {
		case t.apart > 2*time.Minute:
			t.weight = 0
		case t.apart > slack:
			t.weight = 8
		}
	case at >= to:
		t.apart = time.Duration(at - to)
		t.why = fmt.Sprintf("%s came %s after the line", what, span(t.apart))
		if t.apart > slack {
			t.weight = -5
		}
	}
	t.weight += int(10 - 2*min(5, math.Log10(1+float64(t.apart)/float64(time.Millisecond))))
	return t
}

// event is what a program is told of by f: when it came, and what it was.
func event(c *survey.Connection, f scenario.Fault) (at int64, what string) {
	switch {
	case c.Reset != nil && f != scenario.EOF && f != scenario.UnexpectedEOF:
		return c.Reset.Time, "the RST"
	case c.Ended != 0:
		return c.Ended, "the " + c.By.String()
	}
	return c.Last, "its last segment"
}

// stepName names how exact a moment is.
func stepName(step time.Duration) string {
	switch {
	case step >= time.Second:
		return "second"
	case step >= time.Millisecond:
		return "millisecond"
	}
	return "moment"
}

// span is a duration for a person: two or three digits that matter.
func span(d time.Duration) string {
	for _, unit := range []time.Duration{time.Hour, time.Minute, time.Second, time.Millisecond, time.Microsecond} {
		if d >= 10*unit {
			return d.Round(unit).String()
		}
	}
	return d.Round(100 * time.Nanosecond).String()
}
