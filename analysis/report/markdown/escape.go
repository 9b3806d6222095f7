package markdown

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// special are the characters that mean something somewhere in Markdown.
const special = "\\`*_{}[]()<>#+-.!|~&:$=^\"'"

// linked is what GitHub makes a link or a mention of wherever it stands in text,
// escaped or not: numbers of issues, and names of people.
var linked = regexp.MustCompile(`#\d+|@`)

// text makes any text one that is shown as it is, on one line.
func text(t string) string {
	t = report.Clean(strings.ReplaceAll(strings.TrimSpace(t), "\n", " "))
	var b strings.Builder
	for t != "" {
		at := linked.FindStringIndex(t)
		if at == nil {
			at = []int{len(t), len(t)}
		}
		plain(&b, t[:at[0]])
		if at[0] < at[1] {
			b.WriteString("`" + t[at[0]:at[1]] + "`")
		}
		t = t[at[1]:]
	}
	return b.String()
}

// plain escapes text that GitHub leaves alone.
func plain(b *strings.Builder, t string) {
	for i, r := range t {
		if strings.ContainsRune(special, r) && !harmless(t, i) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}

// harmless reports whether the character at i need not be escaped where it
// stands: source that people read should look like what it says.
func harmless(t string, i int) bool {
	before, after := i > 0 && letter(t[i-1]), i+1 < len(t) && letter(t[i+1])
	switch t[i] {
	case '-', '\'':
		return before && after
	case '.':
		ends := i+1 == len(t) || t[i+1] == ' '
		return i > 0 && (ends && !digit(t[i-1]) || !ends && digit(t[i-1]) && digit(t[i+1]))
	case '_':
		return before && after
	case ':':
		return i+1 < len(t) && t[i+1] == ' '
	case '(', ')', '=', '"':
		return true // a link needs a bracket before it
	}
	return false
}

func letter(c byte) bool { return c < 0x80 && (unicode.IsLetter(rune(c)) || digit(c)) }

func digit(c byte) bool { return '0' <= c && c <= '9' }

// code sets text as code within a line.
func code(t string) string {
	t = report.Clean(t)
	fence := strings.Repeat("`", longest(t)+1)
	if strings.HasPrefix(t, "`") || strings.HasSuffix(t, "`") {
		t = " " + t + " "
	}
	return fence + t + fence
}

// block sets lines as code of a language.
func block(language, t string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimSuffix(t, "\n"), "\n") {
		lines = append(lines, report.Clean(line))
	}
	t = strings.Join(lines, "\n")
	fence := strings.Repeat("`", max(3, longest(t)+1))
	return fence + language + "\n" + t + "\n" + fence + "\n"
}

// longest is how many backquotes stand side by side in t at most.
func longest(t string) (most int) {
	n := 0
	for _, r := range t {
		if n++; r != '`' {
			n = 0
		}
		most = max(most, n)
	}
	return most
}

// anchor is what GitHub calls a heading in a link to it.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '-' || r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, report.Clean(heading))
}
