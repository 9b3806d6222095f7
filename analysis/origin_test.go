package analysis_test

import (
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

func TestOrigin(t *testing.T) {
	at := time.Date(2026, 11, 21, 23, 30, 0, 0, time.FixedZone("", -3600))
	linux := analysis.Platform{OS: "linux", Release: "6.18.44"}
	called := analysis.Evidence{Events: []scenario.Event{{Start: at}}}
	for _, c := range []struct {
		run  analysis.Run
		want string
	}{
		{analysis.Run{Platform: linux, Evidence: called}, ""},
		{analysis.Run{Replayed: true, Platform: linux, Evidence: called}, "recorded 2026-11-22 on Linux 6.18.44; nothing was run now"},
		{analysis.Run{Replayed: true, Platform: analysis.Platform{OS: "darwin"}, Evidence: analysis.Evidence{Segments: []capture.Segment{{Time: at}}}},
			"recorded 2026-11-22 on macOS; nothing was run now"},
		{analysis.Run{Replayed: true}, "recorded; nothing was run now"},
	} {
		if got := c.run.Origin(); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
	}
}
