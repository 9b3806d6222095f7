package report

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// heardOf is the first story with what a kernel says of its RST.
func heardOf(t *testing.T, signals func(rst *capture.Segment) []kernel.Signal) (*analysis.Run, string) {
	t.Helper()
	r := stories()[0].make(t)
	for i := range r.Evidence.Segments {
		if s := &r.Evidence.Segments[i]; s.Flags.Has(capture.RST) {
			r.Evidence.Signals = signals(s)
			r.Evidence.Hearing = analysis.Hearing{Backend: "ebpf", Whole: true, From: s.Time.Add(-time.Second), To: s.Time.Add(time.Second)}
		}
	}
	r.Explanation = analysis.Explain(r.Evidence)
	var b bytes.Buffer
	if err := Full(&b, r, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	return r, b.String()
}

func sent(reason string, stack ...string) func(*capture.Segment) []kernel.Signal {
	return func(rst *capture.Segment) []kernel.Signal {
		return []kernel.Signal{{ID: 1, Time: rst.Time, Kind: kernel.SendReset, Local: rst.Src, Remote: rst.Dst, Reason: reason, Stack: stack, Seq: uint32(rst.Seq), HasSeq: true}}
	}
}

// TestKernelsWord: what the kernel says of the RST, and that it says nothing, is in
// the text and in the document.
func TestKernelsWord(t *testing.T) {
	silent := func(rst *capture.Segment) []kernel.Signal {
		return []kernel.Signal{{ID: 1, Time: rst.Time, Kind: kernel.SetState, Local: rst.Src, Remote: rst.Dst}}
	}
	for name, c := range map[string]struct {
		signals  func(*capture.Segment) []kernel.Signal
		text     string
		key      string
		findings int
	}{
		"agrees":  {sent("TCP_ABORT_ON_CLOSE"), "tcp_send_reset TCP_ABORT_ON_CLOSE: agrees", "reason_heard", 0},
		"a stack": {sent("", "__tcp_close"), "by its stack: agrees", "reasons_heard", 0},
		"differs": {sent("TCP_STATE"), "the kernel says TCP_STATE", "reason_heard", 1},
		"silent":  {silent, "says nothing of it", "unheard", 1},
	} {
		r, text := heardOf(t, c.signals)
		if !strings.Contains(strings.Join(strings.Fields(text), " "), c.text) {
			t.Errorf("%s: the text does not say %q:\n%s", name, c.text, text)
		}
		run := unmarshal(t, r)["runs"].([]any)[0].(map[string]any)
		if verdict := run["verdicts"].([]any)[0].(map[string]any); verdict[c.key] == nil {
			t.Errorf("%s: the verdict has no %s: %v", name, c.key, verdict)
		}
		if k, ok := run["kernel"].(map[string]any); !ok || k["backend"] != "ebpf" || k["whole"] != true {
			t.Errorf("%s: how it was heard: %v", name, run["kernel"])
		}
		if list, _ := run["findings"].([]any); len(list) != c.findings || (run["outcome"] == "unexplained") != (c.findings > 0) {
			t.Errorf("%s: %v, findings %v", name, run["outcome"], list)
		}
		if list := run["signals"].([]any); len(list) != 1 || list[0].(map[string]any)["kind"] == "" {
			t.Errorf("%s: signals %v", name, list)
		}
	}
}

// TestFindingWithoutVerdict: a contradiction that no verdict tells of stands below
// them.
func TestFindingWithoutVerdict(t *testing.T) {
	r, _ := heardOf(t, sent("TCP_STATE"))
	r.Verdicts = nil
	var b bytes.Buffer
	if err := Full(&b, r, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\nunexplained: the model infers TCP_ABORT_ON_CLOSE") {
		t.Errorf("it is not told:\n%s", b.String())
	}
}
