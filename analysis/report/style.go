package report

import (
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Options say how text is drawn.
type Options struct {
	Width   int  // columns, from [MinWidth] to [MaxWidth]; what lies outside counts as the nearer
	Color   bool // ANSI colours
	ASCII   bool // no characters beyond ASCII
	Most    int  // how many connections of a survey are listed, 0 for all
	Verbose bool // also the listener, the steps that only wait and the calls that nothing came of; and nothing folded away
	States  bool // beside a ladder the TCP state of both kernels' sockets, by the model
	// UnderWay says that the run is not over: what has not returned may still, and a
	// silence is that of somebody who thinks.
	UnderWay bool
}

// MinWidth is the least width that anything is drawn in.
const MinWidth = 60

// DefaultWidth is the width where nothing says another.
const DefaultWidth = 80

// MaxWidth is the greatest: each row of a ladder is as long.
const MaxWidth = 1000

// style draws in the manner that Options ask for.
type style struct {
	Options
	plain, dim, bold, fault, fin, ok, mark lipgloss.Style // of one renderer: lipgloss.NewStyle asks the terminal by itself
	glyphs
}

// glyphs are the characters of a drawing.
type glyphs struct {
	line, heavy, right, left, rightHeavy, leftHeavy string
	open, wait, shut                                string // of a call's interval
	begins, runs, passes, finishes                  string // of the line beside a chain of causes
	cross, to, from, dot, dots                      string
}

var unicodeGlyphs = glyphs{
	line: "─", heavy: "━", right: "▶", left: "◀", rightHeavy: "▶", leftHeavy: "◀",
	open: "┌", wait: "│", shut: "└", begins: "┏", runs: "┃", passes: "┣", finishes: "┗", cross: "✗", to: "→", from: "←", dot: "·", dots: "…",
}

var asciiGlyphs = glyphs{
	line: "-", heavy: "=", right: ">", left: "<", rightHeavy: ">", leftHeavy: "<",
	open: "/", wait: "|", shut: "\\", begins: "+", runs: "|", passes: "+", finishes: "+", cross: "x", to: "->", from: "<-", dot: "-", dots: "...",
}

func newStyle(w io.Writer, o Options) *style {
	o.Width = min(max(o.Width, MinWidth), MaxWidth)
	r := lipgloss.NewRenderer(w)
	r.SetColorProfile(termenv.Ascii)
	if o.Color {
		r.SetColorProfile(termenv.ANSI)
	}
	s := &style{Options: o, glyphs: unicodeGlyphs,
		plain: r.NewStyle(), dim: r.NewStyle().Faint(true), bold: r.NewStyle().Bold(true),
		fault: r.NewStyle().Foreground(lipgloss.Color("1")).Bold(true),
		fin:   r.NewStyle().Foreground(lipgloss.Color("6")),
		ok:    r.NewStyle().Foreground(lipgloss.Color("2")),
		mark:  r.NewStyle().Foreground(lipgloss.Color("5")),
	}
	if o.ASCII {
		s.glyphs = asciiGlyphs
	}
	return s
}

// text cleans what a person is to read: control and formatting characters
// (escape sequences, bidirectional overrides) become a replacement character,
// and in ASCII drawings arrows and the like their ASCII form.
func (s *style) text(t string) string {
	t = Clean(t)
	if s.ASCII {
		t = strings.Map(func(r rune) rune {
			if r > unicode.MaxASCII {
				return '?'
			}
			return r
		}, plainer.Replace(t))
	}
	return t
}

var plainer = strings.NewReplacer("→", "->", "←", "<-", "✗", "x", "·", "-", "…", "...", "§", "section ", "²", "^2", "−", "-", "×", "x")

// Clean makes text from the network or from a file harmless to a terminal:
// control, formatting, invisible and unassigned characters become U+FFFD.
func Clean(t string) string {
	return strings.Map(func(r rune) rune {
		if harmful(r) {
			return unicode.ReplacementChar
		}
		return r
	}, t)
}

// harmful reports whether a terminal may take r for an order, or not show it.
func harmful(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// fit cuts or pads t to n columns.
func (s *style) fit(t string, n int) string {
	if w := lipgloss.Width(t); w <= n {
		return t + strings.Repeat(" ", n-w)
	}
	t = head(t, n-lipgloss.Width(s.dots)) + s.dots
	return t + strings.Repeat(" ", max(0, n-lipgloss.Width(t)))
}

// cut is fit for what may be shorter.
func (s *style) cut(t string, n int) string {
	if lipgloss.Width(t) <= n {
		return t
	}
	return s.fit(t, n)
}

// head returns as much of the beginning of t as fits n columns.
func head(t string, n int) string {
	used := 0
	for i, r := range t {
		if used += lipgloss.Width(string(r)); used > n {
			return t[:i]
		}
	}
	return t
}

// wrap breaks t into lines of at most n columns: at spaces, and where a word is
// longer than a line within it.
func wrap(t string, n int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(t) {
		for lipgloss.Width(word) > n {
			part := head(word, n)
			if line != "" {
				lines, line = append(lines, line), ""
			}
			lines, word = append(lines, part), word[len(part):]
		}
		switch {
		case line == "":
			line = word
		case lipgloss.Width(line)+1+lipgloss.Width(word) > n:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
