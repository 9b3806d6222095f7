package mermaid

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// mostRunes is how long a text may be: Mermaid does not wrap.
const mostRunes = 120

// plain are the characters beside letters and digits that mean nothing to
// Mermaid, nor to Markdown around it.
const plain = " ,.()/+-_→←✗…·×§−"

// text makes any text one that Mermaid draws as it is: harmless, on one line, not
// empty, and what might have a meaning as a character code.
func text(t string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(report.Clean(t)) {
		if n++; n > mostRunes {
			b.WriteString("…")
			break
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(plain, r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	if n == 0 {
		return "…"
	}
	return b.String()
}
