package page

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// TestCatalogue: every scenario on one page, its parts whole, in less than 3 MB.
func TestCatalogue(t *testing.T) {
	runs := catalogue(t)
	doc, page := written(t, runs, Options{Title: "The catalogue"})
	if most := 3_000_000; len(page) >= most {
		t.Errorf("%d octets, at most %d are wanted", len(page), most)
	}
	t.Logf("%d runs, %d octets", len(runs), len(page))
	ids := make(map[string]bool)
	for n := range doc.Descendants() {
		if id := attribute(n, "id"); id != "" && ids[id] {
			t.Errorf("the id %q is there twice", id)
		} else {
			ids[id] = true
		}
	}
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" && !ids[strings.SplitN(a.Val[1:], "/", 2)[0]] {
				t.Errorf("%s leads nowhere", a.Val)
			}
			if a.Key == "aria-labelledby" && !ids[a.Val] {
				t.Errorf("%s has no label: %s", n.Data, a.Val)
			}
		}
	}
	articles := elements(doc, "article", "run")
	if len(articles) != len(runs) {
		t.Fatalf("%d articles of %d runs", len(articles), len(runs))
	}
	for i, a := range articles {
		whole(t, runs[i], a)
	}
}

// whole checks that an article has all of its run.
func whole(t *testing.T, r *analysis.Run, article *html.Node) {
	s := scene.Of(r)
	var d runData
	if err := json.Unmarshal([]byte(text(elements(article, "script", "data")[0])), &d); err != nil {
		t.Fatalf("%s: %v", r.Scenario, err)
	}
	count := 0
	for _, l := range s.Ladders {
		count += len(l.Steps)
	}
	if lines := elements(article, "li", ""); len(d.Steps) != count || len(lines) != count {
		t.Errorf("%s: %d steps in the data, %d in words, %d in the scene", r.Scenario, len(d.Steps), len(lines), count)
	}
	next := make([]int, len(s.Ladders))
	for n, step := range d.Steps {
		ladder, item := int(step[0].(float64)), step[2].(string)
		want := &s.Ladders[ladder].Steps[next[ladder]]
		next[ladder]++
		if item != itemName(want.Item()) {
			t.Errorf("%s: step %d is %s, of the scene %s", r.Scenario, n+1, item, itemName(want.Item()))
		}
		for edge := range 2 {
			var states, scenes []string
			for _, at := range step[5+edge].([]any) {
				states = append(states, d.Sockets[int(at.(float64))].State)
			}
			for _, socket := range want.States[edge] {
				scenes = append(scenes, socket.State.String())
			}
			if !slices.Equal(states, scenes) {
				t.Errorf("%s: step %d, edge %d: %v, in the scene %v", r.Scenario, n+1, edge, states, scenes)
			}
		}
		known, ok := d.Items[item]
		if !ok || known.Head == "" || len(known.Rows) == 0 {
			t.Errorf("%s: nothing is known of %s", r.Scenario, item)
		}
		for _, other := range slices.Concat(known.Causes, known.Effects) {
			if other == item {
				t.Errorf("%s: %s is its own cause", r.Scenario, item)
			}
		}
		if call := want.Call; call != nil && call.Fault != "" && want.Kind != scene.Begins {
			q, asked := d.Quiz[item]
			if !asked || q.Answer != string(call.Fault) {
				t.Errorf("%s: %s gave %s, and the quiz has %+v", r.Scenario, item, call.Fault, q)
			}
		}
	}
	for item, q := range d.Quiz {
		if n := len(slices.Compact(slices.Sorted(slices.Values(q.Choices)))); n != len(q.Choices) || n < 3 || !slices.Contains(q.Choices, q.Answer) {
			t.Errorf("%s: %s: %q among %q", r.Scenario, item, q.Answer, q.Choices)
		}
		if q.Ask == "" || q.Says == "" || len(q.Why) == 0 {
			t.Errorf("%s: %s is not explained: %+v", r.Scenario, item, q)
		}
		if q.Answer != succeeds && strings.Contains(q.Ask, q.Answer) {
			t.Errorf("%s: the question has the answer: %s", r.Scenario, q.Ask)
		}
	}
}
