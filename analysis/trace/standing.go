package trace

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// standing is what a line wants the model to know of a socket at a moment.
type standing struct {
	line int
	role scenario.Role
	at   time.Time
	is   []string // clauses, in order of the alphabet
}

// is reads "ROLE is STATE, …": what the model is to know of a socket after the
// lines before.
func (p *parser) is(e *end, words []string) {
	p.trace.standing = append(p.trace.standing,
		standing{line: p.line, role: e.role, at: p.latest, is: clauses(strings.Join(words, " "))})
}

// clauses splits what is said of a socket.
func clauses(text string) []string {
	list := strings.Split(text, ",")
	for i := range list {
		list[i] = strings.Join(strings.Fields(list[i]), " ")
	}
	slices.Sort(list)
	return list
}

// differs says what the socket is in a world that is left, if it is not what it
// is to be.
func (w *standing) differs(e analysis.Evidence) (diffs []string) {
	sockets := analysis.Sockets(e, w.role, w.at)
	if len(sockets) == 0 {
		return []string{fmt.Sprintf("the %s has no connection", w.role)}
	}
	for _, s := range sockets {
		if got := s.String(); !slices.Equal(clauses(got), w.is) {
			diffs = append(diffs, fmt.Sprintf("the %s is %s", w.role, got))
		}
	}
	return diffs
}
