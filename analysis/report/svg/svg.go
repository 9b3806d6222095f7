package svg

import (
	"cmp"
	_ "embed" // ladder.css
	"fmt"
	"io"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/scene"
)

//go:embed ladder.css
var style string

// Style returns the style sheet of all drawings. Every rule in it is about what
// is within an element of the class ladder.
func Style() string { return style }

// Options say how a ladder is drawn.
type Options struct {
	// Prefix begins every id in the drawing, so that several can share a page:
	// letters, digits and "-". "" is the same as "ladder".
	Prefix string
	// Embed leaves out what only a file of its own needs: the namespace, the style,
	// and in the titles what a page has room to tell.
	Embed bool
	// Time draws the axis to scale, see the package's description; otherwise what
	// counts is the order.
	Time bool
}

// Ladder draws one of a scene's ladders, by its place in Scene.Ladders. It writes
// nothing but valid XML; an error is w's.
func Ladder(w io.Writer, s *scene.Scene, ladder int, o Options) error {
	p := newPicture(s, ladder, o.Embed)
	o.Prefix = cmp.Or(o.Prefix, "ladder")
	var b strings.Builder
	if o.Embed {
		p.write(&b, o, "")
	} else {
		p.write(&b, o, fmt.Sprintf(` width="%d" height="%d" xmlns="http://www.w3.org/2000/svg"`, p.width, p.height[o.axis()]),
			"<title>"+escape(p.name())+"</title>\n<style>"+style+"</style>\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// axis is the one that is drawn.
func (o Options) axis() int {
	if o.Time {
		return times
	}
	return order
}

// write draws the picture as an element with these further attributes, in which
// inside comes first.
func (p *picture) write(b *strings.Builder, o Options, attrs string, inside ...string) {
	class, axis := "ladder", o.axis()
	if o.Time {
		class = "ladder time"
	}
	fmt.Fprintf(b, `<svg class="%s" viewBox="0 0 %d %d" data-width="%[2]d" data-height="%[4]d,%d" role="group" aria-label="%s"%s>`+"\n",
		class, p.width, p.height[axis], p.height[order], p.height[times], escape(p.name()), attrs)
	for _, t := range inside {
		b.WriteString(t)
	}
	p.head(b)
	for i := range p.items {
		p.items[i].write(b, o.Prefix, axis)
	}
	b.WriteString("</svg>\n")
}

// Scene draws all of a scene's ladders, one below the other, as a file of its
// own. With one ladder it is the same as [Ladder]. An error is w's.
func Scene(w io.Writer, s *scene.Scene, o Options) error {
	if len(s.Ladders) == 1 {
		return Ladder(w, s, 0, o)
	}
	var b strings.Builder
	width, height := 0, 0
	prefix := cmp.Or(o.Prefix, "ladder")
	for n := range s.Ladders {
		p := newPicture(s, n, false)
		o.Prefix = fmt.Sprintf("%s-%d", prefix, n+1)
		p.write(&b, o, fmt.Sprintf(` y="%d" width="%d" height="%d"`, height, p.width, p.height[o.axis()]))
		width, height = max(width, p.width), height+p.height[o.axis()]
	}
	_, err := fmt.Fprintf(w, `<svg class="ladder" viewBox="0 0 %d %d" width="%[1]d" height="%[2]d" role="group" aria-label="%[3]s" xmlns="http://www.w3.org/2000/svg">
<title>%[3]s</title>
<style>%[4]s</style>
%[5]s</svg>
`, width, height, escape(clean(s.Run.Scenario)), style, b.String())
	return err
}

// name says what the drawing shows.
func (p *picture) name() string {
	t := fmt.Sprintf("ladder between %s and %s", p.ladder.Names[0], p.ladder.Names[1])
	if p.run.Scenario != "" && !p.brief { // a page has its own heading, and hides it while it asks
		t = p.run.Scenario + ": " + t
	}
	return clean(t)
}

// head draws the names of the lanes, and their rails down to wherever the drawing
// ends.
func (p *picture) head(b *strings.Builder) {
	var words []label
	for edge := range 2 {
		both := span{min(p.app[edge].from, p.band[edge].from), max(p.app[edge].to, p.band[edge].to)}
		words = append(words,
			label{x: both.middle(), y: 18, size: roleSize, anchor: middle, styled: true, class: "name", text: fit(clean(string(p.ladder.Names[edge])), roleSize, both.to-both.from-8)},
			label{x: p.app[edge].middle(), y: 36, size: smallSize, anchor: middle, styled: true, class: "lane", text: "application"},
			label{x: p.band[edge].middle(), y: 36, size: smallSize, anchor: middle, styled: true, class: "lane", text: "kernel"})
	}
	words = append(words,
		label{x: p.wire.middle(), y: 36, size: smallSize, anchor: middle, styled: true, class: "lane", text: "the wire"},
		label{x: clockWidth - 12, y: 36, size: smallSize, anchor: end, styled: true, class: "clock", text: "ms"})
	b.WriteString(`<g class="head">`)
	const below = 1_000_000 // the drawing's edge cuts it off
	for _, edge := range []int{0, 1} {
		fmt.Fprintf(b, `<path class="rail" d="M%d 42V%d"/>`, p.brink(edge), below)
		fmt.Fprintf(b, `<path class="rail" d="M%d 42V%d"/>`, p.bar(edge, 0)+barWidth/2, below)
	}
	draw(b, nil, words)
	b.WriteString("</g>\n")
}
