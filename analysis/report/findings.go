package report

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/survey"
)

// Finding is one thing that a diagnosis says. Its texts may come from the
// network: who prints them makes them harmless.
type Finding struct {
	Label   string // what it is about: "what", "client", "retry"; "" goes on with the one before
	Text    string
	Source  string // the RFC section or kernel function behind it, or ""
	Command string // to copy into a shell, or ""; of several lines perhaps
	Listed  bool   // it is one of several of the same kind
}

// findings collects what there is to say.
type findings []Finding

func (f *findings) add(label, text, source string) {
	*f = append(*f, Finding{Label: label, Text: text, Source: source})
}

// Findings says in sentences what happened to a connection, what both programs
// see of it, whether a retry is safe, and what to measure.
func Findings(d *diagnosis.Diagnosis) []Finding {
	var f findings
	f.add("what", d.Situation.Says, "")
	f.causes(d)
	f.resets(d)
	for side, o := range d.Outlooks {
		if o.Says != "" {
			says := o.Says
			if o.Assumed && !o.Nobody {
				says += "; as far as the capture shows"
			}
			f.add(survey.SideName(side), says, outlookSource(&o))
		}
	}
	f.add("said", exchangeWords(d), "")
	if v := d.Vantage; v.Place != diagnosis.PlaceOpen {
		f.add("capture", vantageWords(v), "")
	} else {
		f.add("capture", "on which side it was taken can not be told", "")
	}
	f.signs(d)
	f.add("retry", retryWords(d.Retry), "")
	if m := d.Situation.Measure; m.What != "" {
		f = append(f, Finding{Label: "measure", Text: m.What, Command: m.Command})
	}
	for i, t := range d.Unknown {
		f.add(first(i, "unknown"), t, "")
	}
	if d.Duplicates > 0 {
		f.add("dropped", fmt.Sprintf("%s that the capture has twice, as on several interfaces", count(uint64(d.Duplicates), "segment")), "")
	}
	return f
}

// first is a label for the first of several sentences.
func first(i int, label string) string {
	if i == 0 {
		return label
	}
	return ""
}

// causes lists what can have been the reason.
func (f *findings) causes(d *diagnosis.Diagnosis) {
	for i, t := range d.Situation.Causes {
		one := Finding{Label: first(i, "cause"), Text: t}
		if len(d.Situation.Causes) > 1 {
			one.Label, one.Listed = first(i, "causes"), true
		}
		*f = append(*f, one)
	}
}

// mostResets is how many RSTs are told of one by one.
const mostResets = 6

// resets tells of each RST: who sent it, why, and what came of it.
func (f *findings) resets(d *diagnosis.Diagnosis) {
	told := make(map[string]int)
	for i := range d.Resets {
		r := &d.Resets[i]
		t := fmt.Sprintf("%s of the %s", r.Flags, survey.SideName(r.Side))
		if r.Provoker != 0 {
			t += fmt.Sprintf(", an answer to #%d", r.Provoker)
		}
		why := reasonWords(r.Kind, words(r.Reasons))
		if at, known := told[why]; known && len(d.Resets) > 1 {
			why = fmt.Sprintf("reasons as of #%d", at)
		} else if len(r.Reasons) > 0 || r.Kind == survey.Foreign {
			told[why] = r.Frame
		}
		t += ": " + why
		if w := fateWords(r); w != "" {
			t += "; " + w
		}
		f.add(fmt.Sprintf("#%d", r.Frame), t, "")
		if more := len(d.Resets) - i - 1; i == mostResets-1 && more > 0 {
			f.add("", fmt.Sprintf("and %d more", more), "")
			return
		}
	}
}

// signs tells what speaks for a RST of somebody else's.
func (f *findings) signs(d *diagnosis.Diagnosis) {
	for i, sign := range d.Signs {
		t := fmt.Sprintf("#%d: %s", sign.Frame, sign.What)
		if sign.Innocent != "" {
			t += " (or " + sign.Innocent + ")"
		}
		f.add(first(i, "signs"), t, "")
	}
	switch d.Forged {
	case diagnosis.WeakSign:
		f.add("", "one sign is not enough to call it forged", "")
	case diagnosis.Suspect:
		f.add("", "together they speak for something between; compare with a capture on the other side", "")
	case diagnosis.NotItsOwn:
		f.add("", "the socket in whose name it came can not have sent it", "")
	}
}
