package report

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// widthsOf are the widths in which the run of this number is drawn, others for
// each: one in six, so that each width meets some thirty runs, and a few in a
// short test.
func widthsOf(i int) (list []int) {
	step := 6
	if testing.Short() {
		step = 47
	}
	for width := MinWidth + i%step; width <= 200; width += step {
		list = append(list, width)
	}
	return list
}

// styleOf is a way to draw, another for each number.
func styleOf(width, i int) Options {
	return Options{Width: width, ASCII: i%3 == 0, Verbose: i%5 == 0, Color: i%4 == 0, States: i%2 == 0}
}

// TestWidthsOfRecorded: of all that is recorded no line is wider than asked.
func TestWidthsOfRecorded(t *testing.T) {
	t.Parallel()
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range runs {
		for n, width := range widthsOf(i) {
			o := styleOf(width, i+n)
			var b bytes.Buffer
			if err := Full(&b, r, o); err != nil {
				t.Fatal(err)
			}
			check(t, r.Scenario, b.String(), o)
		}
	}
	for n, width := range widthsOf(0) {
		if n%5 > 0 {
			continue // each run was drawn above; here it is the tables
		}
		o := styleOf(width, n)
		check(t, "all of them", everything(t, runs, o), o)
	}
}

// TestWidthsOfConnections is the same of the connections that they consist of,
// as a capture without calls has them.
func TestWidthsOfConnections(t *testing.T) {
	t.Parallel()
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	if testing.Short() {
		runs = runs[:len(runs)/4]
	}
	for i, r := range runs {
		tracker, list := diagnosedRun(r)
		for n, width := range widthsOf(i) {
			if n > 9 {
				break // the layout is that of runs, of which there are all
			}
			o := styleOf(60+(width*7)%141, i+n)
			var b bytes.Buffer
			if err := SurveySummary(&b, tracker.Summary(), o); err != nil {
				t.Fatal(err)
			}
			if err := SurveyList(&b, tracker.Connections(), o); err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				if err := Diagnosis(&b, d, o); err != nil {
					t.Fatal(err)
				}
			}
			check(t, fmt.Sprint("connections of ", r.Scenario), b.String(), o)
		}
	}
}

// diagnosedRun forgets the calls of a run, and diagnoses its connections.
func diagnosedRun(r *analysis.Run) (*survey.Tracker, []*diagnosis.Diagnosis) {
	tracker := survey.New(0, nil)
	of := make(map[uint32][]capture.Segment)
	for i := range r.Evidence.Segments {
		s := &r.Evidence.Segments[i]
		if s.ICMP.Is() {
			continue
		}
		stream := tracker.Add(s.Time.UnixNano(), uint32(s.ID), &capture.Brief{Src: s.Src.Addr().As16(), Dst: s.Dst.Addr().As16(),
			SrcPort: s.Src.Port(), DstPort: s.Dst.Port(), Len: int32(s.Len), Seq: s.Seq, Ack: s.Ack, Window: uint16(s.Window), Flags: s.Flags, TTL: s.TTL})
		of[stream] = append(of[stream], *s)
	}
	var list []*diagnosis.Diagnosis
	for c := range tracker.Connections() {
		d := diagnosis.Of(diagnosis.Evidence{Connection: c, Segments: of[c.Stream], Model: r.Evidence.Model})
		list = append(list, &d)
	}
	return tracker, list
}
