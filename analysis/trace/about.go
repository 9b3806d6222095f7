package trace

import (
	"fmt"
	"strconv"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// about reads a line that says something of the whole: which rules apply, what
// was run, and where. done is false for any other line.
func (p *parser) about(words []string) (done bool, err error) {
	run, values := &p.trace.About, words[1:]
	want := func(least, most int, form string) error {
		if len(values) < least || len(values) > most {
			return fmt.Errorf("%s has %d words after it: it is %s", words[0], len(values), form)
		}
		return nil
	}
	switch words[0] {
	case "model":
		if err := want(1, 1, "model linux, or model darwin"); err != nil {
			return true, err
		}
		m, ok := analysis.ModelFor(values[0])
		if !ok {
			return true, fmt.Errorf("no model is called %q: there are linux and darwin", values[0])
		}
		p.trace.Evidence.Model = m
	case "epoch":
		if err := want(1, 1, "epoch TIME"); err != nil {
			return true, err
		}
		if p.epoch, err = time.Parse(time.RFC3339Nano, values[0]); err != nil || p.step > 0 {
			return true, fmt.Errorf("epoch %s: it comes before all calls, as 2006-01-02T15:04:05.999999999Z", values[0])
		}
	case "run":
		if err := want(3, 4, "run NUMBER SCENARIO FAMILY, and sandboxed"); err != nil {
			return true, err
		}
		if run.Number, err = strconv.Atoi(values[0]); err != nil {
			return true, fmt.Errorf("%s is no number of a run", values[0])
		}
		run.Scenario, run.Family, run.Sandboxed = bare(values[1]), scenario.Family(bare(values[2])), len(values) == 4
	case "summary", "differs", "trouble":
		if err := want(1, 1, words[0]+` "…"`); err != nil {
			return true, err
		}
		*map[string]*string{"summary": &run.Summary, "differs": &run.Differs, "trouble": &run.Trouble}[words[0]] = bare(values[0])
	case "platform":
		if err := want(2, 2, "platform OS RELEASE"); err != nil {
			return true, err
		}
		run.Platform = analysis.Platform{OS: bare(values[0]), Release: bare(values[1])}
	case "captured":
		if err := want(2, 2, "captured INTERFACE BACKEND"); err != nil {
			return true, err
		}
		run.Capture.Interface, run.Capture.Backend = bare(values[0]), bare(values[1])
	case "heard":
		return true, p.heard(values)
	case "socket", "host":
		return true, p.declare(words)
	default:
		return false, nil
	}
	return true, nil
}
