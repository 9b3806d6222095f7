package recording_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestOrderOfTime: the stamps in a file never go back, although those of calls
// have microseconds and those of segments nanoseconds, whichever is first
// within a microsecond.
func TestOrderOfTime(t *testing.T) {
	for call := range 10 {
		for seg := range 10 {
			run := fromText(t, 1, "a", resetOnRead, scenario.IPv4)
			within(run, time.Duration(100*call), time.Duration(100*seg))
			in, err := file.NewReader(bytes.NewReader(write(t, run)))
			if err != nil {
				t.Fatal(err)
			}
			var last time.Time
			for n := 0; ; n++ {
				rec, err := in.Next()
				if err == io.EOF {
					break
				}
				if err != nil {
					t.Fatal(err)
				}
				if rec.Time.Before(last) {
					t.Errorf("calls at %d ns, segments at %d ns: record %d is %v before the one before", 100*call, 100*seg, n, last.Sub(rec.Time))
				}
				last = rec.Time
			}
			if last.IsZero() {
				t.Fatal("no record has a time")
			}
		}
	}
}

// within lets the calls and the segments of a run happen within few
// microseconds: one a microsecond, so far into it.
func within(r *analysis.Run, call, segment time.Duration) {
	epoch := r.Evidence.Segments[0].Time.Truncate(time.Second)
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		ev.Start = epoch.Add(time.Duration(i)*time.Microsecond + call)
		ev.End = ev.Start.Add(1500 * time.Nanosecond)
	}
	for i := range r.Evidence.Segments {
		r.Evidence.Segments[i].Time = epoch.Add(time.Duration(i)*time.Microsecond + segment)
	}
}
