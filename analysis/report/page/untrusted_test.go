package page

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
)

// hostile are texts that would become markup, script or a control sequence.
var hostile = []string{
	"</script><img src=x onerror=alert(1)>",
	"</style></title></textarea><svg onload=alert(1)>",
	"<!--<script>", "-->]]>", `" onfocus="alert(1)" autofocus x="`, "' onclick='alert(1)", "`${alert(1)}`", "{{.}}", "javascript:alert(1)", "&lt;b&gt;&#60;i&#62;",
	"\x1b[2J\x1b[31mred", "\x1b]0;title\x07", "\u009b31m", "\u202edesrever", "\u2066isolate\u2069", "\u2028\u2029", "nul\x00", "\xff\xfe",
}

// spoilt is a run in which every text that can come from outside has the text
// in it.
func spoilt(of *analysis.Run, text string) *analysis.Run {
	r := *of
	e := of.Evidence
	e.Events, e.Segments = slices.Clone(e.Events), slices.Clone(e.Segments)
	for i := range e.Events {
		ev := &e.Events[i]
		ev.Role = scenario.Role(text + string(ev.Role))
		if ev.Fault != "" {
			ev.Err = text
		}
	}
	last := &e.Events[len(e.Events)-1]
	last.Fault, last.Op, last.Err = scenario.Fault(text), scenario.Op(text), text
	r.Evidence, r.Explanation = e, analysis.Explain(e)
	r.Scenario, r.Summary, r.Story = text, text, text+"\n\n"+text
	r.Trouble, r.Differs, r.Family = text, text, scenario.Family(text)
	r.Platform = analysis.Platform{OS: text, Release: text}
	r.Capture.Interface, r.Capture.Backend = text, text
	for i := range r.Evidence.Segments {
		data := slices.Clone(r.Evidence.Segments[i].Frame.Data)
		r.Evidence.Segments[i].Frame.Data = append(data, text...)
	}
	return &r
}

// shape is a document without its texts and the values of its attributes: the
// elements, one in the other, and the names of their attributes.
func shape(n *html.Node) string {
	var b strings.Builder
	var walk func(n *html.Node, depth int)
	walk = func(n *html.Node, depth int) {
		if n.Type == html.ElementNode || n.Type == html.CommentNode {
			fmt.Fprintf(&b, "%*s%d %s", depth, "", n.Type, map[bool]string{true: n.Data}[n.Type == html.ElementNode])
			for _, a := range n.Attr {
				// Text that is too wide for its place in the drawing, or of which nobody
				// knows how wide it is, is made to fit.
				if a.Key != "textlength" && a.Key != "lengthadjust" {
					b.WriteString(" " + a.Key)
				}
			}
			b.WriteByte('\n')
		}
		for c := range n.ChildNodes() {
			walk(c, depth+1)
		}
	}
	walk(n, 0)
	return b.String()
}

func TestHostileText(t *testing.T) {
	options := func(text string) Options {
		return Options{Title: text, Program: text, Chapter: func(string) string { return text },
			Skipped: []report.Skipped{{Scenario: text, Reason: text}}}
	}
	run := performed(t, "reset-write-read")
	var plain string
	for i, text := range slices.Concat([]string{"plain", "otherwise"}, hostile) {
		doc, page := written(t, []*analysis.Run{spoilt(run, text), spoilt(run, text)}, options(text))
		harmless(t, text, page)
		got := outline(doc)
		if i == 0 {
			plain = got
		} else if got != plain {
			t.Errorf("%q changes the structure: %s", text, firstDifference(plain, got))
		}
	}
}

// outline is the shape of a page but for its drawings, in which long texts are
// shared out among lines, and the facts about items, of which some have no value
// with one text and one with another.
func outline(doc *html.Node) string {
	var drawings []*html.Node
	for _, f := range elements(doc, "figure", "drawing") {
		for c := range f.ChildNodes() {
			drawings = append(drawings, c)
		}
	}
	for _, n := range drawings {
		n.Parent.RemoveChild(n)
	}
	return shape(doc)
}

// harmless checks that no character of the page is one that a terminal or a
// browser would obey, and that its drawings have nothing but drawings.
func harmless(t *testing.T, text, page string) {
	t.Helper()
	for i, c := range page {
		if c != '\n' && (!unicode.IsPrint(c) || unicode.Is(unicode.Bidi_Control, c)) {
			t.Errorf("%q: %U reaches the page: %.60q", text, c, page[max(0, i-20):])
			return
		}
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range elements(doc, "figure", "drawing") {
		for n := range f.Descendants() {
			if n.Type == html.ElementNode && !slices.Contains([]string{"svg", "g", "path", "rect", "circle", "line", "polygon", "text", "tspan", "title", "use", "defs", "pattern", "marker"}, n.Data) {
				t.Errorf("%q: a drawing has <%s>", text, n.Data)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "href" || a.Key == "style" {
					t.Errorf("%q: a drawing has %s=%q", text, a.Key, a.Val)
				}
			}
		}
	}
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range as {
		if i >= len(bs) || as[i] != bs[i] {
			return fmt.Sprintf("line %d: %q, then %q", i, as[i], strings.Join(bs[i:min(i+1, len(bs))], ""))
		}
	}
	return "it is longer"
}

// TestHostileDiagnosis: the same of a connection of a capture, where a request
// names what it wants.
func TestHostileDiagnosis(t *testing.T) {
	r := performed(t, "reset-on-read")
	r.Evidence.Events, r.Scenario, r.Summary, r.Replayed = nil, "", "", false
	r.Explanation = analysis.Explain(r.Evidence)
	var plain string
	for i, text := range slices.Concat([]string{"plain", "otherwise"}, hostile) {
		d := &diagnosis.Diagnosis{Run: r, LeftOut: 3, Gap: 9}
		seg := r.Evidence.Segments[0]
		d.Connection.Sides[0].Addr, d.Connection.Sides[1].Addr = seg.Src, seg.Dst
		d.Situation = diagnosis.Situation{Name: text, Says: text, Causes: []string{text, text}, Measure: diagnosis.Measure{What: text, Command: text + "\n" + text}}
		d.Exchange = diagnosis.Exchange{Method: text, Target: text, Request: diagnosis.Octets{Sent: 5}}
		d.Unknown = []string{text}
		d.Vantage = diagnosis.Vantage{Place: diagnosis.AtClient, Why: []string{text}}
		d.Outlooks[0].Says = text
		var b bytes.Buffer
		if err := Diagnoses(&b, []*diagnosis.Diagnosis{d}, Options{}); err != nil {
			t.Fatal(err)
		}
		harmless(t, text, b.String())
		doc, err := html.Parse(&b)
		if err != nil {
			t.Fatal(err)
		}
		if got := outline(doc); i == 0 {
			plain = got
		} else if got != plain {
			t.Errorf("%q changes the structure: %s", text, firstDifference(plain, got))
		}
	}
}
