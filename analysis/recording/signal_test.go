package recording_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/capture/redact"
	"github.com/rstwatch/rstwatch/scenario"
)

// heard is the run of resetOnRead with what a kernel says of its RST.
func heard(t *testing.T, family scenario.Family, reason string) *analysis.Run {
	t.Helper()
	r := fromText(t, 1, "reset-on-read", resetOnRead, family)
	for i := range r.Evidence.Segments {
		if s := &r.Evidence.Segments[i]; s.Flags.String() == "RST,ACK" {
			r.Evidence.Signals = []kernel.Signal{
				{ID: 1, Time: s.Time, Kind: kernel.SetState, Socket: 1<<64 - 1, Local: s.Dst, Remote: s.Src, State: 1, Before: 2},
				{ID: 2, Time: s.Time, Kind: kernel.SendReset, Local: s.Src, Remote: s.Dst, State: 7, Reason: reason, Seq: uint32(s.Seq), HasSeq: true},
				{ID: 3, Time: s.Time, Kind: kernel.Return, Local: s.Dst, Remote: s.Src, Call: "read", Errno: "ECONNRESET", Start: s.Time.Add(-time.Microsecond)},
				{ID: 4, Time: s.Time, Kind: kernel.RecvLength, Local: s.Dst, Remote: s.Src, N: 2, Answers: true},
			}
		}
	}
	r.Evidence.Signals[0].Stack = []string{"tcp_disconnect", "__tcp_close"}
	r.Evidence.Hearing = analysis.Hearing{Backend: "ebpf", Whole: true, From: r.Evidence.Events[0].Start, To: r.Evidence.Segments[len(r.Evidence.Segments)-1].Time, Lost: 2, Without: "one\nthing"}
	r.Explanation = analysis.Explain(r.Evidence)
	return r
}

func TestSignalsRoundTrip(t *testing.T) {
	for _, f := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		r := heard(t, f, "TCP_ABORT_ON_CLOSE")
		if got := r.Verdicts[0].Heard; !slices.Equal(got, []analysis.Reason{analysis.AbortOnClose}) {
			t.Fatalf("over %s the kernel's reason is %q", f, got)
		}
		if d := cmp.Diff([]*analysis.Run{r}, read(t, write(t, r)), same()); d != "" {
			t.Errorf("(-written +read)\n%s", d)
		}
	}
}

// TestContradictionReadsTheSame: a recording in which the kernel says something
// else is as unexplained as the run was.
func TestContradictionReadsTheSame(t *testing.T) {
	r := heard(t, scenario.IPv4, "TCP_STATE")
	if r.Outcome != analysis.Unexplained {
		t.Fatalf("the run is %s", r.Outcome)
	}
	if got := read(t, write(t, r))[0]; got.Outcome != analysis.Unexplained || got.Verdicts[0].Because != r.Verdicts[0].Because {
		t.Errorf("read back it is %s: %s", got.Outcome, got.Verdicts[0].Because)
	}
}

// TestForeignWords: what is no name of the kernel's is not taken for one.
func TestForeignWords(t *testing.T) {
	for _, word := range []string{"</script><img src=x onerror=alert(1)>", "\x1b[31m", "A\u202eB", "two words"} {
		if runs, err := recording.Read(bytes.NewReader(write(t, heard(t, scenario.IPv4, word))), analysis.Linux()); err == nil {
			t.Errorf("%q was read as the reason %q", word, runs[0].Evidence.Signals[1].Reason)
		}
	}
}

func TestRedactedSignals(t *testing.T) {
	r := heard(t, scenario.IPv4, "TCP_ABORT_ON_CLOSE")
	for i := range r.Evidence.Signals {
		r.Evidence.Signals[i].Comm, r.Evidence.Signals[i].PID = "secret", 4711
	}
	blind, err := recording.Redact(r, redact.New())
	if err != nil {
		t.Fatal(err)
	}
	if got := blind.Verdicts[0].Heard; !slices.Equal(got, []analysis.Reason{analysis.AbortOnClose}) {
		t.Errorf("the kernel's reason is %q", got)
	}
	for i, s := range blind.Evidence.Signals {
		was := r.Evidence.Signals[i]
		if s.Comm != "" || s.PID != 0 || s.Socket != 0 || s.Local == was.Local || s.Remote == was.Remote {
			t.Errorf("it still says %+v", s)
		}
	}
	named := recordingOf(t, heard(t, scenario.IPv4, "SOMEBODYS_SECRET"))
	if bytes.Contains(named, []byte("SOMEBODYS_SECRET")) {
		t.Error("a reason that no kernel gives was kept")
	}
}

// recordingOf is the recording of a run, redacted.
func recordingOf(t *testing.T, r *analysis.Run) []byte {
	t.Helper()
	blind, err := recording.Redact(r, redact.New())
	if err != nil {
		t.Fatal(err)
	}
	return write(t, blind)
}
