package page

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/report/svg"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// worlds are what happened, and what happens when the cause is taken away, side
// by side.
type worlds struct {
	Title string // "With #6, and without it"
	Sides [2]world
}

// world is one of them.
type world struct {
	Says string
	SVG  template.HTML
}

// compareWorlds draws both worlds of the verdict that tells most, if experiments
// were made.
func (v *run) compareWorlds(s *scene.Scene) {
	told := told(s.Run)
	if told == nil {
		return
	}
	trial := without(told)
	there := scene.Of(told.Proof.Without)
	if len(there.Ladders) == 0 || len(s.Ladders) == 0 {
		return
	}
	v.Worlds = &worlds{
		Title: report.Clean("What happened, and what happens " + trial.What),
		Sides: [2]world{
			{"What happened: " + report.Clean(scene.Title(s.Run.Event(told.Event))), pictured(s, fmt.Sprintf("w%d-0", v.Number))},
			{report.Clean(upper(trial.What) + ": " + trial.Result), pictured(there, fmt.Sprintf("w%d-1", v.Number))},
		},
	}
}

// told is the verdict whose other world is shown: the first about an error, or
// else the first.
func told(r *analysis.Run) (found *analysis.Verdict) {
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		if v.Proof == nil || v.Proof.Without == nil {
			continue
		}
		if v.Fault != scenario.EOF {
			return v
		}
		if found == nil {
			found = v
		}
	}
	return found
}

// without is the trial that took the cause away.
func without(v *analysis.Verdict) analysis.Trial {
	p := v.Proof
	for _, l := range p.Links {
		if l.From != (analysis.Link{Event: v.Cause.Event, Segment: v.Cause.Segment}) || len(l.Trials) == 0 {
			continue
		}
		for _, t := range p.Trials {
			if t.Number == l.Trials[0] {
				return t
			}
		}
	}
	return analysis.Trial{What: "without it", Result: "not told"}
}

// upper begins a text with a capital letter.
func upper(t string) string {
	if t == "" {
		return t
	}
	return strings.ToUpper(t[:1]) + t[1:]
}

// pictured draws the first ladder of a scene.
func pictured(s *scene.Scene, prefix string) template.HTML {
	var b bytes.Buffer
	// A buffer takes all that is written, and the drawing escapes its texts itself.
	_ = svg.Ladder(&b, s, 0, svg.Options{Embed: true, Prefix: prefix})
	return template.HTML(b.String())
}
