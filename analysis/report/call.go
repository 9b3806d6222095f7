package report

import (
	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// outcome says what a call returned, in the style's characters.
func (s *style) outcome(ev *scenario.Event) string {
	if s.UnderWay && ev.End.IsZero() {
		return s.dots + s.unreturned()
	}
	return s.text(scene.Outcome(ev))
}

// unreturned says of a call that it has not returned.
func (s *style) unreturned() string {
	if s.UnderWay {
		return " waits"
	}
	return " never returned"
}

// title names a call in a sentence or a table: "client read ✗ ECONNRESET".
func (s *style) title(ev *scenario.Event) string { return s.text(scene.Title(ev)) }

// causeOf returns the segment that caused a call's result, 0 if none did.
func causeOf(r *analysis.Run, event int) int {
	if v := r.Verdict(event); v != nil {
		return v.Cause.Segment
	}
	return 0
}
