package report

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/match"
)

// TestAnswers: what is said of lines that mean one connection, perhaps several,
// or none.
func TestAnswers(t *testing.T) {
	var all bytes.Buffer
	for _, text := range []string{
		"2023/11/14 22:13:20 read tcp 10.0.0.1:1002->192.0.2.9:443: read: connection reset by peer",
		"dial tcp 192.0.2.9:443: connect: connection refused",
		"[id: 1, L:/10.0.0.1:1 - R:/192.0.2.9:443] \x1b[31mBroken pipe",
		"read tcp 10.0.0.7:7->10.0.0.8:8: EOF",
	} {
		tr := surveyed()
		line, ok := logline.Parse(text)
		if !ok {
			t.Fatalf("%q is not understood", text)
		}
		a := match.Find(tr.Connections(), line, logline.Stamp{}, time.FixedZone("CET", 3600))
		for _, o := range []Options{{Width: 100}, {Width: 80, ASCII: true}} {
			fmt.Fprintf(&all, "-- %q, %d --\n", text, o.Width)
			if err := Answer(&all, &a, nil, o); err != nil {
				t.Error(err)
			}
		}
		fmt.Fprintf(&all, "-- JSON --\n")
		if err := AnswerJSON(&all, tr.Summary(), &a, nil); err != nil {
			t.Error(err)
		}
	}
	compare(t, "answers.txt", all.String())
}
