package worksheet

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
)

// moments are the packets after which states are asked for. They are chosen by
// their number alone, so that the choice gives nothing away.
func (x *exercise) moments() []int {
	n := len(x.blind.Evidence.Segments)
	if n == 0 {
		return nil
	}
	return slices.Compact([]int{min(3, n), (min(3, n) + n + 1) / 2, n})
}

// stateQuestion is question 4. A run of which no packet was captured has none.
func (x *exercise) stateQuestion() string {
	m := x.moments()
	if m == nil {
		return "4. Which packet would you have expected, and what would it have changed?\n"
	}
	var b strings.Builder
	b.WriteString("4. In which state is each side's socket, and which error waits in it for the next call, once this packet has arrived:\n")
	ladders := scene.Of(x.blind).Ladders
	for _, id := range m {
		for i := range ladders {
			if _, begun := after(&ladders[i], x.blind.Segment(id)); !begun {
				continue
			}
			fmt.Fprintf(&b, "   - packet %d%s:", id, between(ladders, i))
			for _, role := range ladders[i].Names {
				fmt.Fprintf(&b, " %s ________________", escaped(string(role)))
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}

// between says which two are meant, where there are more than two.
func between(ladders []scene.Ladder, i int) string {
	if len(ladders) < 2 {
		return ""
	}
	return fmt.Sprintf(" (%s and %s)", escaped(string(ladders[i].Names[0])), escaped(string(ladders[i].Names[1])))
}

// states answers question 4.
func (x *exercise) states(w io.Writer) {
	m := x.moments()
	if m == nil {
		return
	}
	fmt.Fprint(w, "\nStates:\n\n")
	ladders := scene.Of(x.run).Ladders
	for _, id := range m {
		for i := range ladders {
			sockets, begun := after(&ladders[i], x.run.Segment(id))
			if !begun {
				continue
			}
			var parts []string
			for edge, role := range ladders[i].Names {
				parts = append(parts, escaped(string(role)+" "+standing(sockets[edge])))
			}
			fmt.Fprintf(w, "- after packet %d%s: %s\n", id, between(ladders, i), strings.Join(parts, "; "))
		}
	}
}

// after returns what the sockets of a ladder can be once a segment has arrived;
// begun is false if nothing had happened on it until then.
func after(l *scene.Ladder, s *capture.Segment) (sockets [2][]analysis.Socket, begun bool) {
	for i := range l.Steps {
		st := &l.Steps[i]
		if st.Segment != nil && st.Segment.ID <= s.ID || st.Segment == nil && !st.At.IsZero() && st.At.Before(s.Time) {
			sockets, begun = st.States, true
		}
	}
	return sockets, begun
}

// standing says what a socket can be.
func standing(sockets []analysis.Socket) string {
	var words []string
	for _, s := range sockets {
		if text := s.String(); !slices.Contains(words, text) {
			words = append(words, text)
		}
	}
	switch len(words) {
	case 0:
		return "has no socket"
	case 1:
		return words[0]
	}
	return strings.Join(words, ", or ") + " (which, the trace does not tell)"
}
