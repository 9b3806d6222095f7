package svg

import (
	"bytes"
	"encoding/xml"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

func draw1(tb testing.TB, r *analysis.Run, o Options) string {
	tb.Helper()
	var b bytes.Buffer
	if err := Ladder(&b, scene.Of(r), 0, o); err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

// element is one of a drawing, with what stands directly in it.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// parse reads a drawing strictly.
func parse(t *testing.T, name, drawing string) (list []*element) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(drawing))
	var open []*element
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := &element{name: x.Name.Local, attrs: make(map[string]string)}
			for _, a := range x.Attr {
				if _, twice := e.attrs[a.Name.Local]; twice {
					t.Errorf("%s: two attributes %s", name, a.Name.Local)
				}
				e.attrs[a.Name.Local] = a.Value
			}
			list, open = append(list, e), append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			if len(open) > 0 {
				open[len(open)-1].text += string(x)
			}
		default:
			t.Errorf("%s: %T in a drawing", name, token)
		}
	}
}

// TestCatalogue: every drawing of the catalogue is well-formed, has each step
// once, positions that fit both axes, ids that are its own, and a fair size.
func TestCatalogue(t *testing.T) {
	total, drawings := 0, 0
	for _, r := range catalogue(t) {
		s := scene.Of(r)
		for n := range s.Ladders {
			var b bytes.Buffer
			if err := Ladder(&b, s, n, Options{Prefix: "run-1", Embed: true}); err != nil {
				t.Fatal(err)
			}
			total, drawings = total+b.Len(), drawings+1
			name := r.Scenario + " " + string(r.Family)
			checkSteps(t, name, parse(t, name, b.String()), len(s.Ladders[n].Steps))
			b.Reset()
			if err := Ladder(&b, s, n, Options{Time: true}); err != nil {
				t.Fatal(err)
			}
			parse(t, name+" in time", b.String())
		}
	}
	if each := total / drawings; each > 13<<10 {
		t.Errorf("%d octets a drawing", each)
	}
	t.Logf("%d drawings, %d octets each", drawings, total/drawings)
}

func checkSteps(t *testing.T, name string, elements []*element, steps int) {
	t.Helper()
	height := pair(t, name, elements[0].attrs["data-height"])
	seen, ids := make(map[int]int), make(map[string]bool)
	for _, e := range elements {
		y, placed := e.attrs["data-y"]
		if item := e.attrs["data-item"]; item != "" {
			if id := e.attrs["id"]; id != "run-1-"+item || ids[id] || !placed || e.attrs["tabindex"] != "0" || e.attrs["role"] != "img" {
				t.Errorf("%s: item %s: %v", name, item, e.attrs)
			}
			ids[e.attrs["id"]] = true
			for word := range strings.SplitSeq(e.attrs["data-step"], ",") {
				n, err := strconv.Atoi(word)
				if err != nil || n < 0 || n >= steps {
					t.Errorf("%s: %s is about step %q of %d", name, item, word, steps)
				}
				if item[0] != 'k' {
					seen[n]++
				}
			}
		}
		if !placed {
			continue
		}
		from, extent := pair(t, name, y), [2]int{}
		if h := e.attrs["data-h"]; h != "" {
			extent = pair(t, name, h)
		}
		for axis := range from {
			if from[axis] < 0 || extent[axis] < 0 || from[axis]+extent[axis] > height[axis] {
				t.Errorf("%s: from %v, extent %v, in a drawing of %v", name, from, extent, height)
			}
		}
	}
	for n := range steps {
		if seen[n] != 1 {
			t.Errorf("%s: step %d is drawn %d times", name, n, seen[n])
		}
	}
}

func pair(t *testing.T, name, text string) (out [2]int) {
	t.Helper()
	words := strings.Split(text, ",")
	if len(words) != len(out) {
		t.Fatalf("%s: %q is no pair", name, text)
	}
	for i, word := range words {
		n, err := strconv.Atoi(word)
		if err != nil {
			t.Fatalf("%s: %q: %v", name, text, err)
		}
		out[i] = n
	}
	return out
}

// nasty are texts that would be markup, or that a terminal or a reader would take
// for something else.
var nasty = []string{
	`</script><img src=x onerror=alert(1)>`, `</text></svg><script>alert(1)</script>`, `" onload="alert(1)`, `' x='`, "]]>", "<![CDATA[",
	"<!--", "&lt;b&gt;", "&#x3c;", "\x1b[2J\x1b[31mred", "\u202edesrever", "\u2066isolate\u2069", "zero\u200bwidth", "two\nlines", "nul\x00", "\xff\xfe",
	"\ufffe\uffff", strings.Repeat("long ", 200), strings.Repeat("w", 500), "\ufdfd\ufdfd\ufdfd", "漢字漢字漢字漢字漢字漢字", "",
}

// spoilt is a run in which every text that comes from outside is text.
func spoilt(tb testing.TB, text string) *analysis.Run {
	r := explained(tb, text, texts["abort"])
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		if ev.Role = scenario.Role(text + "1"); ev.Local.Port() == 80 {
			ev.Role = scenario.Role(text + "2")
		}
		if ev.Fault != "" {
			ev.Err = text
		}
	}
	last := &r.Evidence.Events[len(r.Evidence.Events)-1]
	last.Fault, last.Op = scenario.Fault(text), scenario.Op(text)
	r.Explanation = analysis.Explain(r.Evidence)
	for id, n := range r.Notes {
		n.Effect, n.Lost = text, text
		n.Reasons = []analysis.Reason{analysis.Reason(text)}
		r.Notes[id] = n
	}
	r.Summary, r.Story, r.Trouble, r.Differs = text, text, text, text
	r.Platform, r.Capture.Interface = analysis.Platform{OS: text, Release: text}, text
	return r
}

// known are the elements and the attributes that a drawing has.
var (
	knownElements = []string{"svg", "title", "style", "g", "path", "rect", "text", "tspan"}
	knownAttrs    = []string{"class", "viewBox", "width", "height", "xmlns", "role", "aria-label", "id", "tabindex", "transform", "d", "x", "y", "rx",
		"text-anchor", "textLength", "lengthAdjust", "data-width", "data-height", "data-item", "data-step", "data-y", "data-h", "data-from", "data-to"}
)

func TestUntrustedText(t *testing.T) {
	for _, text := range nasty {
		for _, o := range []Options{{}, {Embed: true, Prefix: "run-7"}} {
			out := draw1(t, spoilt(t, text), o)
			for _, c := range out {
				if c != '\n' && !unicode.IsPrint(c) {
					t.Errorf("%q: %U reaches the drawing", text, c)
					break
				}
			}
			for _, e := range parse(t, text, out) {
				if !slices.Contains(knownElements, e.name) {
					t.Errorf("%q makes an element %s", text, e.name)
				}
				for name := range e.attrs {
					if !slices.Contains(knownAttrs, name) {
						t.Errorf("%q makes an attribute %s", text, name)
					}
				}
				if e.name == "style" && e.text != Style() {
					t.Errorf("%q changes the style", text)
				}
			}
			if len(text) < 30 && !strings.Contains(out, escape(clean(text))) {
				t.Errorf("%q is not in the drawing", text)
			}
		}
	}
}
