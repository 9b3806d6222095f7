package report

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/match"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

// Answer prints for a person which connections a line of a log can speak of,
// how sure that is, and why, and how each ended; then the diagnosis of the best,
// unless d is nil. Why there is none it leaves to the caller.
func Answer(w io.Writer, a *match.Answer, d *diagnosis.Diagnosis, o Options) error {
	s := newStyle(w, o)
	var b strings.Builder
	s.lines(&b, s.bold, lineHow(a))
	for i := range a.Candidates {
		k := &a.Candidates[i]
		c := &k.Connection
		paint := s.mark
		if k.Certainty == match.Certain {
			paint = s.ok
		}
		fmt.Fprintf(&b, "\n%s", paint.Render(fmt.Sprintf("%-8s", k.Certainty)))
		s.hanging(&b, 8, 10, fmt.Sprintf("stream %d, %s: the %s's program", c.Stream, s.ends(c, k.Side), survey.SideName(k.Side)))
		for _, why := range k.Reasons {
			s.under(&b, 10, why)
		}
	}
	if a.More > 0 {
		b.WriteByte('\n')
		s.lines(&b, s.plain, fmt.Sprintf("%d more fit as well: --at, or a line with both ends, would tell them apart", a.More))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return err
	}
	// One that is diagnosed alone needs no list.
	if len(a.Candidates) > 1 || d == nil && len(a.Candidates) > 0 {
		if err := SurveyList(w, connectionsOf(a), o); err != nil {
			return err
		}
	}
	if d == nil {
		return nil
	}
	if _, err := io.WriteString(w, "\n"); err != nil {
		return err
	}
	return Diagnosis(w, d, o)
}

// ends names a connection's ends, the one of the program that wrote the line
// first.
func (s *style) ends(c *survey.Connection, side int) string {
	return fmt.Sprintf("%v %s %v", c.Sides[side].Addr, s.to, c.Sides[1-side].Addr)
}

func connectionsOf(a *match.Answer) func(func(survey.Connection) bool) {
	return func(yield func(survey.Connection) bool) {
		for i := range a.Candidates {
			if !yield(a.Candidates[i].Connection) {
				return
			}
		}
	}
}

// lineHow says what was read of the line.
func lineHow(a *match.Answer) string {
	text := "the line: an error"
	if a.Line.Fault != "" {
		text = "the line: " + string(a.Line.Fault)
	}
	for i := range a.Line.Ends {
		if i > 0 {
			text += ", or"
		}
		text += endsHow(&a.Line.Ends[i])
	}
	if !a.Moment.Time.IsZero() {
		text += ", written at " + match.Stamp(a.Moment.Time)
		if a.Moment.Assumed != "" {
			text += ", its time taken for " + zoneHow(a.Moment)
		}
	}
	return text
}

// endsHow says of which call and between which ends.
func endsHow(e *logline.Ends) (text string) {
	if e.Op != "" {
		text = fmt.Sprintf(" of a %s", e.Op)
	}
	for _, end := range []struct {
		word string
		is   netip.AddrPort
	}{{" by ", e.Local}, {" with ", e.Remote}} {
		if name := match.EndName(end.is); name != "" {
			text += end.word + name
		}
	}
	for i, a := range e.Either {
		text += [...]string{" about ", " and "}[min(i, 1)] + match.EndName(a)
	}
	return text
}

// zoneHow names the zone that was taken for granted.
func zoneHow(m logline.Moment) string {
	if name, _ := m.Time.Zone(); m.Assumed == time.Local.String() {
		return "this machine's (" + name + ")"
	}
	return m.Assumed
}

type jsonLine struct {
	Fault scenario.Fault `json:"fault,omitempty"`
	Ends  []jsonEnds     `json:"ends"`
	Time  string         `json:"time,omitempty"`
	Zone  string         `json:"zone_assumed,omitempty"`
}

type jsonEnds struct {
	Op     scenario.Op `json:"op,omitempty"`
	Local  string      `json:"local,omitempty"`
	Remote string      `json:"remote,omitempty"`
	Either []string    `json:"either,omitempty"`
}

type jsonCandidate struct {
	Stream    uint32          `json:"stream"`
	Side      string          `json:"side"`
	Certainty match.Certainty `json:"certainty"`
	Reasons   []string        `json:"reasons"`
}

// AnswerJSON prints the document of a survey with the connections that a line of
// a log can speak of, the best of them with its diagnosis unless d is nil, and
// nothing of the others but the summary.
func AnswerJSON(w io.Writer, sum survey.Summary, a *match.Answer, d *diagnosis.Diagnosis) error {
	doc := surveyOf(sum)
	doc.Line = &jsonLine{Fault: a.Line.Fault, Ends: []jsonEnds{}}
	for i := range a.Line.Ends {
		e := &a.Line.Ends[i]
		j := jsonEnds{Op: e.Op, Local: match.EndName(e.Local), Remote: match.EndName(e.Remote)}
		for _, end := range e.Either {
			j.Either = append(j.Either, match.EndName(end))
		}
		doc.Line.Ends = append(doc.Line.Ends, j)
	}
	if !a.Moment.Time.IsZero() {
		doc.Line.Time, doc.Line.Zone = nanoStamp(a.Moment.Time.UnixNano()), a.Moment.Assumed
	}
	doc.Candidates, doc.Why, doc.More = &[]jsonCandidate{}, a.Why, a.More
	for i := range a.Candidates {
		k := &a.Candidates[i]
		*doc.Candidates = append(*doc.Candidates, jsonCandidate{k.Connection.Stream, survey.SideName(k.Side), k.Certainty, k.Reasons})
	}
	return doc.writeEach(w, func(yield func(jsonConnection) bool) {
		for c := range connectionsOf(a) {
			j := connectionOf(&c)
			if d != nil && d.Connection.Stream == c.Stream {
				j = diagnosed(d)
			}
			if !yield(j) {
				return
			}
		}
	})
}
