package report

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"math"
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/survey"
)

// surveyTable is a list of connections: its columns are as wide as what stands
// in them, as far as there is room.
type surveyTable struct {
	*style
	stream, client, server, history int  // columns
	stacked                         bool // the addresses stand one below the other, for want of room
}

const (
	stateColumn  = 6
	mostHistory  = 24
	leastHistory = 9
)

// SurveyList prints a line for each connection, up to o.Most, and below what
// has no room there, and its RST; that there is none, if so.
func SurveyList(w io.Writer, all iter.Seq[survey.Connection], o Options) error {
	t, count := newStyle(w, o).surveyTable(all)
	if count == 0 {
		_, err := fmt.Fprintf(w, "\nno connection is to be listed\n")
		return err
	}
	if _, err := fmt.Fprintf(w, "\n%s\n", t.dim.Render(t.heading())); err != nil {
		return err
	}
	listed, most := 0, cmp.Or(o.Most, math.MaxInt)
	for c := range all {
		if listed++; listed > most {
			break
		}
		var b strings.Builder
		t.connection(&b, &c)
		if _, err := io.WriteString(w, b.String()); err != nil {
			return err
		}
	}
	return t.unlisted(w, count-most)
}

// surveyTable shares the width out, and counts the connections.
func (s *style) surveyTable(all iter.Seq[survey.Connection]) (t *surveyTable, count int) {
	t = &surveyTable{style: s, stream: len(" stream"), client: len("client"), server: len("server"), history: len("history")}
	most := cmp.Or(s.Most, math.MaxInt)
	for c := range all {
		if count++; count > most {
			continue
		}
		t.stream = max(t.stream, len(strconv.FormatUint(uint64(c.Stream), 10)))
		t.client = max(t.client, len(c.Sides[0].Addr.String()))
		t.server = max(t.server, len(c.Sides[1].Addr.String()))
		t.history = min(max(t.history, len(c.History)), mostHistory)
	}
	room := s.Width - lipgloss.Width(t.ends("", "", "")) - stateColumn - 2
	if room < leastHistory {
		t.stacked = true
		room = s.Width - t.indent() - stateColumn - 2
	}
	t.history = min(t.history, room)
	return t, count
}

// indent is where begins what has no room on a connection's first line.
func (t *surveyTable) indent() int { return t.stream + 2 }

// ends is the part of a line that says which connection it is.
func (t *surveyTable) ends(stream, client, server string) string {
	return fmt.Sprintf("%*s  %-*s  %-*s  ", t.stream, stream, t.client, client, t.server, server)
}

// heading names the columns.
func (t *surveyTable) heading() string {
	how := fmt.Sprintf("%-*s  %-*s", stateColumn, "state", t.history, "history")
	if t.stacked {
		return fmt.Sprintf("%*s  client %s server, and under them %s", t.stream, "stream", t.to, strings.Join(strings.Fields(how), ", "))
	}
	line := t.ends("stream", "client", "server") + how
	if lipgloss.Width(line)+2+len("ended") <= t.Width {
		line += "  ended"
	}
	return strings.TrimRight(line, " ")
}

// connection prints one: its ends, state and history, how it ended, its RST, and
// what its programs are told.
func (t *surveyTable) connection(b *strings.Builder, c *survey.Connection) {
	letters := c.History
	if len(letters) > t.history {
		letters = letters[:t.history-lipgloss.Width(t.dots)] + t.dots
	}
	stream, client, server := strconv.FormatUint(uint64(c.Stream), 10), c.Sides[0].Addr.String(), c.Sides[1].Addr.String()
	line := t.ends(stream, client, server)
	if t.stacked {
		b.WriteString(fmt.Sprintf("%*s  %s\n", t.stream, stream, client))
		if lipgloss.Width(t.to)+1+len(server) > t.Width-t.indent() {
			fmt.Fprintf(b, "%*s%s\n", t.indent(), "", server)
		} else {
			fmt.Fprintf(b, "%*s%s %s\n", t.indent(), "", t.to, server)
		}
		line = strings.Repeat(" ", t.indent())
	}
	line += fmt.Sprintf("%-*s  %s", stateColumn, c.State, t.fit(letters, t.history))
	how := endedHow(c)
	if t.ASCII {
		how = strings.ReplaceAll(how, "µ", "u")
	}
	if lipgloss.Width(line)+2+lipgloss.Width(how) <= t.Width {
		fmt.Fprintf(b, "%s  %s\n", line, t.ending(c.Ending, how))
	} else {
		fmt.Fprintln(b, strings.TrimRight(line, " "))
		for _, part := range wrap(how, t.Width-t.indent()) {
			fmt.Fprintf(b, "%*s%s\n", t.indent(), "", t.ending(c.Ending, part))
		}
	}
	if r := c.Reset; r != nil {
		t.under(b, t.indent(), resetHow(r))
	}
	if told := toldHow(c); told != "" {
		t.under(b, t.indent(), told)
	}
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
