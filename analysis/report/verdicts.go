package report

import (
	"io"

	"github.com/rstwatch/rstwatch/analysis"
)

// Verdicts says of a run in sentences why each call failed that did, and what
// else there is to say of the whole; nothing if there is nothing.
func Verdicts(w io.Writer, r *analysis.Run, o Options) error {
	s := newStyle(w, o)
	_, err := io.WriteString(w, s.verdicts(s.scene(r)))
	return err
}
