package trace

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/rstwatch/rstwatch/analysis"
)

// Read reads the runs of a text, each of which begins with a line "run …", and
// explains them anew. A text without such a line is one run. An error is a
// [*LineError].
func Read(text string) ([]*analysis.Run, error) {
	var runs []*analysis.Run
	lines := strings.SplitAfter(text, "\n")
	for from := 0; from < len(lines); {
		to, begun := from, false
		for ; to < len(lines); to++ {
			first, _, _ := strings.Cut(strings.TrimSpace(lines[to]), " ")
			if first == "run" && begun {
				break
			}
			begun = begun || first == "run"
		}
		t, err := Parse(strings.Join(lines[from:to], ""))
		if err != nil {
			if e := (*LineError)(nil); errors.As(err, &e) {
				err = &LineError{from + e.Line, e.Err}
			}
			return runs, err
		}
		runs = append(runs, t.Run(len(runs)+1))
		from = to
	}
	return runs, nil
}

// Run returns what the text says as a run, explained; number is its number if
// the text gives it none.
func (t *Trace) Run(number int) *analysis.Run {
	r := t.About
	if r.Number == 0 {
		r.Number = number
	}
	r.Evidence = t.Evidence
	r.Explanation = analysis.Explain(r.Evidence)
	return &r
}

// IsText reports whether what a file begins with is text. No pcap or pcapng
// file begins so: their first eight octets have control characters, or are not
// UTF-8; a line's end is the only text that a pcapng file begins with.
func IsText(head []byte) bool {
	control := func(c rune) bool { return c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f }
	if bytes.IndexFunc(head, control) >= 0 {
		return false
	}
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i] // what follows may end within a character
	}
	return utf8.Valid(head)
}
