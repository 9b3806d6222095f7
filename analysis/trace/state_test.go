package trace

import (
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
)

// TestState: what the kernel said of a socket is read and printed with the call;
// it has a time, not before the call's return.
func TestState(t *testing.T) {
	const opening = "0.000..0.001 client dial\n0.001..0.002 server accept\n"
	runs, err := Read(opening + `0.003..0.004 client read 16 = EAGAIN state "TIME WAIT" by 0.005`)
	if err != nil {
		t.Fatal(err)
	}
	ev := runs[0].Evidence.Events[2]
	if ev.State != "TIME WAIT" || ev.StateAt.Sub(ev.End) != time.Millisecond {
		t.Errorf("%q by %v, of a call that ended at %v", ev.State, ev.StateAt, ev.End)
	}
	var b strings.Builder
	if err := Print(&b, []*analysis.Run{runs[0]}); err != nil || !strings.Contains(b.String(), ` state "TIME WAIT" by 0.005000000`) {
		t.Errorf("%v\n%s", err, b.String())
	}
	for _, wrong := range []string{"state CLOSED by 0.0039", "by 0.005", "state", "state CLOSED by now"} {
		if _, err := Read(opening + "0.003..0.004 client read 16 = EAGAIN " + wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
}
