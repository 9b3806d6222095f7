package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// TestInterruptedList: who interrupts a list that is being printed need not wait
// for its end, and no file with half of it appears; but one who has interrupted
// the reading gets what there was until then.
func TestInterruptedList(t *testing.T) {
	for _, path := range []string{"", filepath.Join(t.TempDir(), "list.txt")} {
		for _, early := range []bool{false, true} {
			f := &analyzeFlags{outputFlags: newOutputFlags()}
			f.output = path
			ctx, interrupt := context.WithCancel(context.Background())
			defer interrupt()
			if early {
				interrupt()
			}
			var printed bytes.Buffer
			lines := 0
			err := f.deliver(ctx, &printed, func(w io.Writer, _ report.Options) error {
				for ; lines < 1<<20; lines++ {
					if _, err := io.WriteString(w, "a line of a list\n"); err != nil {
						return err
					}
					if lines == 10_000 {
						interrupt()
					}
				}
				return nil
			})
			var failed *failure
			_, missing := os.Stat(path)
			switch {
			case early && (err != nil || lines < 1<<20 || path != "" && missing != nil):
				t.Errorf("%q: of what was read until then %d lines, %v", path, lines, err)
			case !early && (!errors.As(err, &failed) || failed.code != exitInterrupted || lines > 100_000 || missing == nil):
				t.Errorf("%q: went on for %d lines, %v", path, lines, err)
			}
		}
	}
}
