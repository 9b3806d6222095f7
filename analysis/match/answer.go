package match

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/survey"
)

// Certainty says how sure it is that a line speaks of a connection.
type Certainty string

// The certainties.
const (
	Certain  Certainty = "certain"  // no other connection of the capture can be meant
	Likely   Certainty = "likely"   // it fits, and no other does as well
	Possible Certainty = "possible" // others fit as well, or it does not fit in all
)

// Candidate is a connection that a line may speak of.
type Candidate struct {
	Connection survey.Connection
	Side       int // whose program wrote the line: 0 the client's, 1 the server's
	Certainty  Certainty
	Reasons    []string // clauses for a person

	place  place
	fault  fitting
	timing timing
	weight int
}

// Answer is what a survey says to a line.
type Answer struct {
	Line   logline.Line
	Moment logline.Moment // when the line was written; zero if that is not known
	// Candidates are those that fit best, the best first, [Most] at most.
	Candidates  []Candidate
	More        int       // how many fit as well as the best, and are left out
	First, Last time.Time // from when to when the capture holds connections
	Why         string    // why there is no candidate; "" if there is one
}

// Best is the one candidate that is better than all others; nil if several are
// as good, or there is none.
func (a *Answer) Best() *Candidate {
	if len(a.Candidates) == 0 || a.Candidates[0].Certainty == Possible && len(a.Candidates)+a.More > 1 {
		return nil
	}
	return &a.Candidates[0]
}

// Most is how many candidates an answer has.
const Most = 5

// none says why nothing fits.
func (a *Answer) none() string {
	holds := fmt.Sprintf("the capture holds %s to %s", Stamp(a.First), Stamp(a.Last))
	var ends []string
	for i := range a.Line.Ends {
		e := &a.Line.Ends[i]
		for _, end := range append([]netip.AddrPort{e.Local, e.Remote}, e.Either...) {
			if text := EndName(end); text != "" && !slices.Contains(ends, text) {
				ends = append(ends, text)
			}
		}
	}
	if len(ends) > 0 {
		return fmt.Sprintf("no connection has %s, nor the port alone; %s", strings.Join(ends, " or "), holds)
	}
	text := fmt.Sprintf("in no connection can a call return %s", a.Line.Fault)
	if !a.Moment.Time.IsZero() {
		text += " at " + Stamp(a.Moment.Time)
	}
	return text + "; " + holds
}

// Stamp is a moment for a person, in UTC, to the millisecond.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000 MST") }

// EndName names an end of which the port or the address may be missing: "" if
// both are.
func EndName(a netip.AddrPort) string {
	switch {
	case a == netip.AddrPort{}:
		return ""
	case !a.Addr().IsValid():
		return fmt.Sprintf("port %d", a.Port())
	case a.Port() == 0:
		return a.Addr().String()
	}
	return a.String()
}
