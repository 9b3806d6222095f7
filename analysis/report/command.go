package report

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// command prints a command for a shell behind a prompt, from a column on. One that is too long
// is broken so that it can still be copied: outside of quotes with a backslash at
// the end of the line, and within them, where an expression stands whose spaces
// may as well be ends of lines, without.
func (s *style) command(b *strings.Builder, column int, prompt, line string) {
	for _, word := range strings.Fields(line) {
		if lipgloss.Width(prompt+word+` \`) > s.Width-column {
			column = 2 // a path that is longer than the room
		}
	}
	lead, quoted := prompt, false
	lines := wrap(line, s.Width-column-len(prompt)-len(` \`))
	for i, part := range lines {
		quoted = quoted != (strings.Count(part, "'")%2 == 1)
		if i < len(lines)-1 && !quoted {
			part += ` \`
		}
		fmt.Fprintf(b, "%*s%s\n", column, "", s.dim.Render(s.fit(lead, len(prompt))+part))
		lead = ""
	}
}

// hanging prints text behind the column that has been reached on this line; its
// further lines begin there too.
func (s *style) hanging(b *strings.Builder, reached, column int, text string) {
	for _, line := range wrap(text, s.Width-column) {
		fmt.Fprintf(b, "%*s%s\n", column-reached, "", line)
		reached = 0
	}
}
