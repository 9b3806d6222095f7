package webtest

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
)

// quizJS is a function that takes the quiz of one run.
//
//go:embed testdata/quiz.js
var quizJS string

// quizzed is what came of a run's quiz.
type quizzed struct {
	Asked  []question
	Before []string // the texts that could be read when the first question was asked
	Last   int      // the step at which it ended
}

// question is one that was asked, and what came of the answer.
type question struct {
	Item, Answer, Result, Says, Score string
	Named                             []string // the page, the drawing of the call, and what is marked as a cause
	Heard                             bool     // it had the focus, so that it was read out
	Choices                           []string
	Stayed                            bool // the page did not go on before there was an answer
}

// testQuiz: every call that fails is asked about, whoever knows is right and
// whoever does not is wrong, the score says so, and nothing gives the answer
// away.
func (s *suite) testQuiz(t *testing.T) {
	p := s.browser.open(t, s.gallery.page)
	slugs := eval[[]string](p, `Array.from(document.querySelectorAll("article.run"), (el) => el.dataset.slug)`)
	total, right := 0, 0
	for i, run := range s.gallery.runs {
		answers := make(map[string]string)
		for _, ev := range run.Evidence.Events {
			answers[fmt.Sprintf("e%d", ev.ID)] = string(ev.Fault)
			if ev.Fault == "" {
				answers[fmt.Sprintf("e%d", ev.ID)] = "ok"
			}
		}
		p.show(slugs[i])
		q := call[quizzed](p, quizJS, slugs[i], taken(answers, i))
		for _, a := range q.Asked {
			truth, want := answers[a.Item], "wrong"
			if total++; a.Answer == truth {
				want = "right"
				right++
			}
			score := fmt.Sprintf("%d of %d", right, total)
			if a.Result != want || a.Score != score || !a.Stayed {
				t.Errorf("%s: %s is %s, and %q is graded %q with score %q, not %q with %q; it stayed: %v", run.Scenario, a.Item, truth, a.Answer, a.Result, a.Score, want, score, a.Stayed)
			}
			if !slices.Contains(a.Choices, truth) || len(a.Choices) < 2 {
				t.Errorf("%s: %s is %s, and the choices are %q", run.Scenario, a.Item, truth, a.Choices)
			}
			for _, name := range a.Named {
				if truth != "ok" && strings.Contains(name, truth) || strings.Contains(name, "fault") || strings.Contains(name, "chain") || strings.HasPrefix(name, run.Scenario) {
					t.Errorf("%s: %q tells of %s before the answer %s is given", run.Scenario, name, a.Item, truth)
				}
			}
			if !a.Heard {
				t.Errorf("%s: the question about %s was not read out", run.Scenario, a.Item)
			}
			if truth != "ok" && !strings.Contains(a.Says, truth) {
				t.Errorf("%s: what is said of %s does not name %s: %q", run.Scenario, a.Item, truth, a.Says)
			}
		}
		if len(q.Asked) > 0 {
			leaks(t, run, answers[q.Asked[0].Item], q.Before)
		}
		for _, v := range run.Verdicts {
			item := fmt.Sprintf("e%d", v.Event)
			ev := run.Event(v.Event)
			if ev.Fault != "" && !ev.End.IsZero() && !slices.ContainsFunc(q.Asked, func(q question) bool { return q.Item == item }) {
				t.Errorf("%s: nobody asks about %s, which is %s", run.Scenario, item, ev.Fault)
			}
		}
	}
	t.Logf("%d questions, %d of them answered right", total, right)
	if right == 0 || right == total {
		t.Errorf("%d of %d answers were right", right, total)
	}
}

// taken are the answers that are given: the right ones, and in every third run
// none but the first choice.
func taken(answers map[string]string, run int) map[string]string {
	if run%3 == 2 {
		return map[string]string{}
	}
	return answers
}

// leaks reports a text that can be read before the first question is answered
// and has the answer in it.
func leaks(t *testing.T, run *analysis.Run, answer string, texts []string) {
	t.Helper()
	if answer == "ok" {
		return
	}
	for _, text := range texts {
		if strings.Contains(text, answer) {
			t.Errorf("%s: %q can be read before the answer %s is given", run.Scenario, text, answer)
		}
	}
}
