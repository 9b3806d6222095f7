package lesson

import (
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// paints are the colours of the screen.
type paints struct{ bold, dim, mark, fault, bar lipgloss.Style }

func (o Options) paints() paints {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	if o.Color {
		r.SetColorProfile(termenv.ANSI)
	}
	return paints{bold: r.NewStyle().Bold(true), dim: r.NewStyle().Faint(true),
		mark:  r.NewStyle().Foreground(lipgloss.Color("3")).Bold(true),
		fault: r.NewStyle().Foreground(lipgloss.Color("1")).Bold(true),
		bar:   r.NewStyle().Reverse(true)}
}

// fit cuts clean text to n columns.
func fit(t string, n int) string { return ansi.Truncate(t, max(n, 0), "…") }

// pad cuts or fills clean text to n columns.
func pad(t string, n int) string {
	t = fit(t, n)
	return t + strings.Repeat(" ", max(n-lipgloss.Width(t), 0))
}

// apart sets one text at the left and one at the right of n columns; the left
// one is cut first.
func apart(left, right string, n int) string {
	right = fit(right, n)
	room := n - lipgloss.Width(right)
	if right != "" {
		room--
	}
	left = pad(left, room)
	if right == "" {
		return left
	}
	return left + " " + right
}

// wrap breaks text at spaces, and words that are longer than a line.
func wrap(t string, n int) []string {
	return strings.Split(ansi.Wrap(t, max(n, 1), ""), "\n")
}

// plain is a line in ASCII.
func plain(t string) string {
	return strings.Map(func(r rune) rune {
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, plainer.Replace(t))
}

var plainer = strings.NewReplacer("─", "-", "▶", ">", "·", "-", "…", "...", "→", "->", "←", "<-", "↑", "^", "↓", "v", "✗", "x", "−", "-")

// clean makes text from elsewhere harmless.
func clean(t string) string { return report.Clean(t) }

// cut makes a line no wider than n columns, whatever it is made of.
func cut(line string, n int) string {
	if lipgloss.Width(line) <= n {
		return line
	}
	return ansi.Truncate(line, max(n, 0), "")
}
