package logline

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Stamp is when a line was written, as far as it says. The zero value is
// unknown.
type Stamp struct {
	clock  time.Time     // what it says; what it does not say is UTC, the year 0, 1 January
	step   time.Duration // how exact it is: it was written before clock plus step
	year   bool          // it says the year,
	day    bool          // the month and the day,
	zone   bool          // and the offset from UTC
	absent bool          // it was written in this form, but means nothing: 31 February
}

// Is reports whether the line says when it was written.
func (s Stamp) Is() bool { return s.step != 0 }

// form is a way to write a time.
type form struct {
	is   *regexp.Regexp
	read func(m []string) Stamp
}

const months = `(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)`

// forms are the ways to write a time, those that say most first: RFC 3339 and
// ISO 8601, Go's and nginx's, the common log format, RFC 1123, Apache's, syslog
// (RFC 3164), klog, seconds after 1970, and a time of day alone.
var forms = []form{
	{regexp.MustCompile(`\b(\d{4})[-/](\d\d)[-/](\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: ?(Z|UTC|GMT|[+-]\d\d:?\d\d)\b)?`),
		func(m []string) Stamp { return calendar(m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8]) }},
	{regexp.MustCompile(`\b(\d\d)/` + months + `/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([+-]\d{4}))?`),
		func(m []string) Stamp { return calendar(m[3], m[2], m[1], m[4], m[5], m[6], m[7], m[8]) }},
	{regexp.MustCompile(`\b(\d{1,2})[ -]` + months + `[ -](\d{4}) (\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?: (Z|UTC|GMT|[+-]\d{4}))?`),
		func(m []string) Stamp { return calendar(m[3], m[2], m[1], m[4], m[5], m[6], m[7], m[8]) }},
	{regexp.MustCompile(`\b` + months + ` +(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: (?:(Z|UTC|GMT) )?(\d{4})\b)?`),
		func(m []string) Stamp { return calendar(m[8], m[1], m[2], m[3], m[4], m[5], m[6], m[7]) }},
	{regexp.MustCompile(`^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,9})`),
		func(m []string) Stamp { return calendar("", m[1], m[2], m[3], m[4], m[5], m[6], "") }},
	{regexp.MustCompile(`(?:^[\[(]?|(?i:ts|time|timestamp|epoch|@timestamp)["']?[=:] ?["']?)(1\d{9})(?:\.(\d{1,9})|(\d{3}|\d{6}|\d{9}))?(?:$|[^\w.:])`),
		func(m []string) Stamp { return epoch(m[1], m[2]+m[3]) }},
	{regexp.MustCompile(`(?:^|[\[ (T"'])(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z|[+-]\d\d:?\d\d)?(?:$|[^\w:])`),
		func(m []string) Stamp { return calendar("", "", "", m[1], m[2], m[3], m[4], m[5]) }},
}

// findStamp returns the first time that a line says.
func findStamp(text string) (Stamp, bool) {
	for _, f := range forms {
		if m := f.is.FindStringSubmatch(text); m != nil {
			s := f.read(m)
			return s, !s.absent
		}
	}
	return Stamp{}, false
}

// ParseStamp reads a time that stands alone, in one of the forms that a line may
// have, such as "2026-11-20T10:00:01.5+01:00" or "10:00:01".
func ParseStamp(text string) (Stamp, bool) {
	text = strings.TrimSpace(text)
	for _, f := range forms {
		if m := f.is.FindStringSubmatch(text); m != nil && strings.Trim(m[0], " ") == text {
			if s := f.read(m); !s.absent {
				return s, true
			}
		}
	}
	return Stamp{}, false
}

// calendar is a time of which some parts may be "".
func calendar(year, month, day, hour, minute, second, fraction, zone string) Stamp {
	s := Stamp{year: year != "", day: day != "", zone: zone != ""}
	n := func(text string, otherwise int) int {
		if i, err := strconv.Atoi(text); err == nil {
			return i
		}
		return otherwise
	}
	m := n(month, 0)
	if i := strings.Index("JanFebMarAprMayJunJulAugSepOctNovDec", month); m == 0 && month != "" && i >= 0 {
		m = i/3 + 1
	}
	if month == "" {
		m = 1
	}
	nanos, step := fractions(fraction)
	y, d := n(year, 0), n(day, 1)
	s.step = step
	s.clock = time.Date(y, time.Month(m), d, n(hour, 0), n(minute, 0), n(second, 0), nanos, offset(zone))
	s.absent = s.clock.Month() != time.Month(m) || s.clock.Day() != d || n(hour, 24) > 23 || n(minute, 60) > 59 || n(second, 61) > 60
	return s
}

// offset is a zone that is written as "Z", "UTC", "GMT", "+01:00" or "-0230".
func offset(zone string) *time.Location {
	digits := strings.ReplaceAll(zone, ":", "")
	if len(digits) != 5 {
		return time.UTC
	}
	n, _ := strconv.Atoi(digits[1:])
	seconds := (n/100*60 + n%100) * 60
	if zone[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone("", seconds)
}

// fractions reads the digits of a second's fraction.
func fractions(digits string) (nanos int, step time.Duration) {
	step = time.Second
	for range digits {
		step /= 10
	}
	n, _ := strconv.Atoi(digits)
	return n * int(max(step, 1)), max(step, 1)
}

// epoch is so many seconds after 1970, and a fraction.
func epoch(seconds, fraction string) Stamp {
	n, _ := strconv.ParseInt(seconds, 10, 64)
	nanos, step := fractions(fraction)
	return Stamp{clock: time.Unix(n, int64(nanos)).UTC(), step: step, year: true, day: true, zone: true}
}

// Moment is a time that a line was written at, in a capture's terms.
type Moment struct {
	Time    time.Time
	Step    time.Duration // how exact it is: the line was written before Time plus Step
	Assumed string        // what the line does not say and was taken for granted: "UTC", the name of a zone; "" if nothing was
}

// Within returns the moment that s means, by a capture that lasts from first to
// last: what the line does not say is completed so that the moment lies within
// the capture, or else as near as it can. A time without a zone is one of local,
// or of UTC if only so it lies within.
func (s Stamp) Within(first, last time.Time, local *time.Location) Moment {
	best := Moment{}
	far := time.Duration(1<<63 - 1)
	for _, zone := range []*time.Location{local, time.UTC} {
		assumed := zone.String()
		if s.zone {
			zone, assumed = s.clock.Location(), ""
		}
		for _, t := range s.days(first, last, zone) {
			if d := outside(t, t.Add(s.step), first, last); d < far {
				best, far = Moment{t, s.step, assumed}, d
			}
		}
	}
	return best
}

// days returns what s can mean in a zone, by the capture's years and days.
func (s Stamp) days(first, last time.Time, zone *time.Location) (all []time.Time) {
	c := s.clock
	on := func(y int, m time.Month, d int) {
		all = append(all, time.Date(y, m, d, c.Hour(), c.Minute(), c.Second(), c.Nanosecond(), zone))
	}
	first, last = first.In(zone), last.In(zone)
	switch {
	case s.year:
		on(c.Year(), c.Month(), c.Day())
	case s.day:
		for y := first.Year() - 1; y <= last.Year()+1; y++ {
			on(y, c.Month(), c.Day())
		}
	default:
		days := min(int(last.Sub(first)/(24*time.Hour))+1, maxDays)
		for d := 0; d <= days; d++ {
			on(first.Year(), first.Month(), first.Day()+d)
		}
	}
	return all
}

// maxDays is how many days of a capture a time of day is looked for in.
const maxDays = 400

// outside is how far [from, to) lies from [first, last].
func outside(from, to, first, last time.Time) time.Duration {
	switch {
	case to.Before(first):
		return first.Sub(to)
	case from.After(last):
		return from.Sub(last)
	}
	return 0
}
