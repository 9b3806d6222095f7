package svg

import (
	"fmt"
	"strings"
)

// The axes, as places in the pairs of positions that items have.
const (
	order = 0
	times = 1 // to scale
	axes  = 2
)

// item is a group of shapes and texts that stay together, whichever the axis.
type item struct {
	class string
	key   string // its data-item, "" for what can not be pointed at
	steps string // its data-step
	title string // clean: all that there is to say in a line
	attrs string // further attributes, clean

	from, to [axes]int // where it begins, and where it ends if it has an extent

	bar  *bar     // as high as the item
	body []string // shapes, relative to from
	tail []string // shapes, relative to to

	words     []label // relative to from
	tailWords []label // relative to to
}

// bar is a rectangle from an item's beginning to its end.
type bar struct {
	x, w  int
	class string // beside "b"
	round int
}

// extends reports whether the item has an extent.
func (it *item) extends() bool { return it.to != it.from }

// write draws the item on an axis.
func (it *item) write(b *strings.Builder, prefix string, axis int) {
	if it.class == "clock" { // a text and no more
		it.words[0].write(b, it.position(axis))
		b.WriteByte('\n')
		return
	}
	fmt.Fprintf(b, `<g class="%s"`, it.class)
	if it.key != "" {
		fmt.Fprintf(b, ` id="%s-%s" data-item="%s" data-step="%s" tabindex="0" role="img"`, prefix, it.key, it.key, it.steps)
	}
	b.WriteString(it.attrs)
	b.WriteString(it.position(axis))
	if it.extends() {
		fmt.Fprintf(b, ` data-h="%d,%d"`, it.to[order]-it.from[order], it.to[times]-it.from[times])
	}
	b.WriteByte('>')
	if it.title != "" {
		b.WriteString("<title>" + escape(it.title) + "</title>")
	}
	height := it.to[axis] - it.from[axis]
	if r := it.bar; r != nil {
		fmt.Fprintf(b, `<rect class="%s" x="%d" width="%d" height="%d"`, strings.TrimSpace("b "+r.class), r.x, r.w, height)
		if r.round > 0 {
			fmt.Fprintf(b, ` rx="%d"`, r.round)
		}
		b.WriteString("/>")
	}
	draw(b, it.body, it.words)
	if len(it.tail)+len(it.tailWords) > 0 {
		fmt.Fprintf(b, `<g class="z" transform="translate(0 %d)">`, height)
		draw(b, it.tail, it.tailWords)
		b.WriteString("</g>")
	}
	b.WriteString("</g>\n")
}

// position says where the item is, on either axis.
func (it *item) position(axis int) string {
	return fmt.Sprintf(` data-y="%d,%d" transform="translate(0 %d)"`, it.from[order], it.from[times], it.from[axis])
}

func draw(b *strings.Builder, shapes []string, words []label) {
	for _, s := range shapes {
		b.WriteString(s)
	}
	for i := range words {
		words[i].write(b, "")
	}
}

// line is a path, by what it is made of.
func line(class, format string, a ...any) string {
	return fmt.Sprintf(`<path class="%s" d="%s"/>`, class, fmt.Sprintf(format, a...))
}
