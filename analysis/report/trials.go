package report

import (
	"fmt"
	"io"
	"strings"
)

// Trial is what came of trying one thing on a machine.
type Trial struct {
	What   string
	OK     bool
	Detail string
	Remedy string // the command that would mend it, "" if there is none
}

// Trials prints what was tried, a line each, and what would mend it.
func Trials(w io.Writer, list []Trial, o Options) error {
	const what, detail = 4, 31
	s := newPage(w, o)
	var b strings.Builder
	for _, f := range list {
		mark, paint := "ok", s.ok
		if !f.OK {
			mark, paint = "no", s.fault
		}
		fmt.Fprintf(&b, "%s  %s", paint.Render(mark), s.fit(s.text(f.What), detail-what-1))
		s.hanging(&b, detail-1, detail, s.text(f.Detail))
		if f.Remedy != "" {
			s.command(&b, 6, "try: ", s.text(f.Remedy))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
