package report

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/survey"
)

// SurveyList prints a line for each connection, up to o.Most, and one below for
// its RST; that there is none, if so.
func SurveyList(w io.Writer, all iter.Seq[survey.Connection], o Options) error {
	s := newStyle(w, o)
	client, server := len("client"), len("server")
	history := len("history")
	count, most := 0, cmp.Or(o.Most, math.MaxInt)
	for c := range all {
		if count++; count > most {
			continue
		}
		client = max(client, len(c.Sides[0].Addr.String()))
		server = max(server, len(c.Sides[1].Addr.String()))
		history = min(max(history, len(c.History)), 24)
	}
	if count == 0 {
		_, err := fmt.Fprintf(w, "\nno connection is to be listed\n")
		return err
	}
	fmt.Fprintf(w, "\n%s\n", s.dim.Render(fmt.Sprintf("%7s  %-*s  %-*s  %-6s  %-*s  %s", "stream", client, "client", server, "server",
		"state", history, "history", "ended")))
	listed := 0
	for c := range all {
		if listed++; listed > most {
			break
		}
		letters := c.History
		if len(letters) > history {
			letters = letters[:history-len(s.dots)] + s.dots
		}
		how := endedHow(&c)
		if s.ASCII {
			how = strings.ReplaceAll(how, "µ", "u")
		}
		var b strings.Builder
		fmt.Fprintf(&b, "%7d  %-*s  %-*s  %-6s  %-*s  %s\n", c.Stream, client, c.Sides[0].Addr, server, c.Sides[1].Addr,
			c.State, history, letters, s.ending(c.Ending, how))
		if r := c.Reset; r != nil {
			s.under(&b, 9, resetHow(r))
		}
		if told := toldHow(&c); told != "" {
			s.under(&b, 9, told)
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
	}
	return s.unlisted(w, count-most)
}

// unlisted says how many more connections there are, and how they are seen.
func (s *style) unlisted(w io.Writer, more int) error {
	if more <= 0 {
		return nil
	}
	var b strings.Builder
	fmt.Fprintln(&b)
	s.lines(&b, s.mark, fmt.Sprintf("and %d more: a file (-o) or a pipe gets all of them; --resets, --fault and --filter choose", more))
	_, err := io.WriteString(w, b.String())
	return err
}
