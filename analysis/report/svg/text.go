package svg

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/report"
)

// Widths of characters, in thousandths of the font's size. The monospaced fonts
// that style.css asks for have ASCII at 550 to 618; arrows and crosses may come from
// another font, and what else there is from any.
const (
	asciiWidth  = 620
	symbolWidth = 1000
)

// symbols are the characters beyond ASCII that the drawing itself uses.
const symbols = "→←✗…·×§−µ"

// label is a line of text in a drawing.
type label struct {
	x, y   int // of the baseline, relative to its item
	size   int // of the font
	anchor anchor
	styled bool // the style sheet says where the anchor is
	class  string
	text   string  // clean
	mark   string  // what follows it, set apart: the result of a call
	turn   float64 // in degrees, about (x, y)
}

// anchor says which point of a text x is.
type anchor uint8

const (
	start anchor = iota
	middle
	end
)

// plain is all of the text.
func (l *label) plain() string {
	if l.text == "" || l.mark == "" {
		return l.text + l.mark
	}
	return l.text + " " + l.mark
}

// box is the room that the text takes at most, before it is turned.
func (l *label) box() (left, top, right, bottom int) {
	w := measure(l.plain(), l.size)
	switch l.anchor {
	case start:
		left = l.x
	case middle:
		left = l.x - (w+1)/2
	case end:
		left = l.x - w
	}
	return left, l.y - l.size*8/10, left + w, l.y + l.size*25/100
}

// measure returns the width of clean text, at most.
func measure(t string, size int) int {
	w := 0
	for _, r := range t {
		if r < 0x80 {
			w += asciiWidth
		} else {
			w += symbolWidth
		}
	}
	return (w*size + 999) / 1000
}

// foreign reports whether the text has characters of which nobody knows how wide
// they are.
func foreign(t string) bool {
	return strings.ContainsFunc(t, func(r rune) bool { return r >= 0x80 && !strings.ContainsRune(symbols, r) })
}

// fit cuts text that is wider than room.
func fit(t string, size, room int) string {
	if measure(t, size) <= room {
		return t
	}
	used := measure("…", size)
	for i, r := range t {
		if w := measure(string(r), size); used+w > room {
			return strings.TrimRight(t[:i], " ") + "…"
		} else {
			used += w
		}
	}
	return t
}

// wrap breaks clean text into at most so many lines that fit room, and cuts what
// remains.
func wrap(t string, size, room, most int) []string {
	var lines []string
	held := "" // a sign, which stays with what it stands before
	for word := range strings.FieldsSeq(t) {
		if word = held + word; strings.Contains(symbols, word) {
			held = word + " "
			continue
		}
		held = ""
		n := len(lines) - 1
		switch {
		case n >= 0 && (n == most-1 || measure(lines[n]+" "+word, size) <= room):
			lines[n] += " " + word
		default:
			lines = append(lines, word)
		}
	}
	for i := range lines {
		lines[i] = fit(lines[i], size, room)
	}
	return lines
}

// clean makes text safe to stand in XML: no control or formatting characters,
// and no markup.
func clean(t string) string { return report.Clean(t) }

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func escape(t string) string { return escaper.Replace(t) }

// write draws the label, with further attributes.
func (l *label) write(b *strings.Builder, attrs string) {
	fmt.Fprintf(b, `<text x="%d" y="%d"`, l.x, l.y)
	if l.class != "" {
		fmt.Fprintf(b, ` class="%s"`, l.class)
	}
	if l.anchor != start && !l.styled {
		fmt.Fprintf(b, ` text-anchor="%s"`, [...]string{middle: "middle", end: "end"}[l.anchor])
	}
	if l.turn != 0 {
		fmt.Fprintf(b, ` transform="rotate(%.2g %d %d)"`, l.turn, l.x, l.y)
	}
	if t := l.plain(); foreign(t) {
		fmt.Fprintf(b, ` textLength="%d" lengthAdjust="spacingAndGlyphs"`, measure(t, l.size))
	}
	b.WriteString(attrs + ">" + escape(l.text))
	if l.mark != "" {
		if l.text != "" {
			b.WriteByte(' ')
		}
		b.WriteString(`<tspan class="o">` + escape(l.mark) + "</tspan>")
	}
	b.WriteString("</text>")
}
