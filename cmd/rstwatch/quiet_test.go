package main

import (
	"context"
	"io"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// TestQuiet: what nobody is to see is not drawn.
func TestQuiet(t *testing.T) {
	f := &analyzeFlags{outputFlags: newOutputFlags()}
	for _, f.quiet = range []bool{false, true} {
		printed := false
		err := f.deliver(context.Background(), io.Discard, func(io.Writer, report.Options) error {
			printed = true
			return nil
		})
		if err != nil || printed == f.quiet {
			t.Errorf("quiet %v: printed %v, %v", f.quiet, printed, err)
		}
	}
}
