package svg

import (
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// drawLinks joins each item of the verdicts' chains to the next.
func (p *picture) drawLinks() {
	done := make(map[[2]scene.Item]bool)
	for i := range p.run.Verdicts {
		chain := p.run.Verdicts[i].Chain
		for n := 1; n < len(chain); n++ {
			a, b := linked(chain[n-1]), linked(chain[n])
			if pair := [2]scene.Item{a, b}; !done[pair] {
				done[pair] = true
				p.link(a, b, n == len(chain)-1)
			}
		}
	}
}

// pole is an end of a link: beside which lane it stands and how low, by axis.
type pole struct {
	edge int
	x    int // where the horizontal part begins
	y    [axes]int
}

// link draws what joins a cause to its effect, where both are in this ladder and
// at the same edge: anything else would cross the wire.
func (p *picture) link(a, b scene.Item, ends bool) {
	first, ok := p.leaves(a, b)
	last, ok2 := p.enters(b, ends, first.y)
	if !ok || !ok2 || first.edge != last.edge {
		return
	}
	x := p.cause(first.edge)
	if a.Segment != 0 && b.Segment != 0 { // the kernel answered by itself
		x = p.brink(first.edge) - inward(first.edge)*8
	}
	if last.y[order] < first.y[order] {
		return
	}
	it := item{class: "link", attrs: fmt.Sprintf(` data-from="%s" data-to="%s"`, keyOf(a), keyOf(b)), from: first.y, to: last.y,
		body: []string{line("g", "M%d 0H%d", first.x, x)}, tail: []string{line("g", "M%d 0H%d", x, last.x)}}
	if first.y == last.y {
		it.body, it.tail = []string{line("g", "M%d 0H%d", first.x, last.x)}, nil
	} else {
		it.bar = &bar{x: x - linkWidth/2, w: linkWidth, class: "gb"}
	}
	p.items = append(p.items, it)
}

const linkWidth = 6

func keyOf(l scene.Item) string {
	if l.Segment != 0 {
		return fmt.Sprintf("s%d", l.Segment)
	}
	return fmt.Sprintf("e%d", l.Event)
}

// leaves is where the link from a to b begins.
func (p *picture) leaves(a, b scene.Item) (pole, bool) {
	if a.Segment != 0 {
		return p.arrives(a.Segment, b)
	}
	c, ok := p.calls[a.Event]
	if !ok {
		return pole{}, false
	}
	out := pole{edge: c.edge, x: p.mouth(c), y: p.rows[c.to].y}
	if s, ok := p.sent[b.Segment]; ok && s.row >= c.from && s.row <= c.to { // while the call was under way
		out.y = p.rows[s.row].y
	}
	return out, true
}

// enters is where a link that begins at from ends, at b: if that is no call under
// way by then, nor what the chain is about, at its beginning.
func (p *picture) enters(b scene.Item, ends bool, from [axes]int) (pole, bool) {
	if b.Segment != 0 {
		s, ok := p.sent[b.Segment]
		if !ok {
			return pole{}, false
		}
		edge := p.ladder.Steps[s.step].Edge
		return pole{edge: edge, x: p.brink(edge), y: p.rows[s.row].y}, true
	}
	c, ok := p.calls[b.Event]
	if !ok {
		return pole{}, false
	}
	y := p.rows[c.to].y
	if !ends && from[order] <= p.rows[c.from].y[order] {
		y = p.rows[c.from].y
	}
	return pole{edge: c.edge, x: p.mouth(c), y: y}, true
}

// arrives is where a segment comes to its receiver, or where it left if what
// follows is of its sender.
func (p *picture) arrives(id int, b scene.Item) (pole, bool) {
	s, ok := p.sent[id]
	if !ok {
		return pole{}, false
	}
	st := &p.ladder.Steps[s.step]
	lost := p.run.Notes[id].Lost != ""
	if next, ok := p.edgeOf(b); lost || ok && next == st.Edge {
		return pole{edge: st.Edge, x: p.brink(st.Edge), y: p.rows[s.row].y}, true
	}
	y := p.rows[s.row].y
	for axis := range y {
		y[axis] += slant
	}
	return pole{edge: 1 - st.Edge, x: p.brink(1 - st.Edge), y: y}, true
}

// edgeOf says at which edge an item has its origin.
func (p *picture) edgeOf(l scene.Item) (edge int, ok bool) {
	if s, ok := p.sent[l.Segment]; ok {
		return p.ladder.Steps[s.step].Edge, true
	}
	if c, ok := p.calls[l.Event]; ok {
		return c.edge, true
	}
	return 0, false
}

// mouth is the side of a call's bar that looks at its kernel.
func (p *picture) mouth(c *callPlace) int {
	x := p.bar(c.edge, c.place)
	if c.edge == 0 {
		x += barWidth
	}
	return x
}

// drawSteps draws clocks, calls and segments in the order of the steps.
func (p *picture) drawSteps() {
	for n := range p.rows {
		r := &p.rows[n]
		for _, i := range r.steps {
			st := &p.ladder.Steps[i]
			switch {
			case st.Kind == scene.Segment:
				p.drawSegment(i)
			case p.calls[st.Call.ID].first == i:
				p.drawCall(i)
			}
		}
		if p.missing(r) != "" {
			p.items = append(p.items, item{class: "fold", from: r.y, to: r.y, words: r.words[:1]})
		}
		if !r.at.IsZero() && !r.gap {
			i := slices.IndexFunc(r.words, func(l label) bool { return l.class == "clock" })
			p.items = append(p.items, item{class: "clock", from: r.y, to: r.y, words: r.words[i : i+1]})
		}
	}
}

// drawGaps marks the silences that the axis of time cuts short.
func (p *picture) drawGaps() {
	for n, s := range p.silences() {
		if !s.cut {
			continue
		}
		from, to := p.rows[n-1].y, p.rows[n].y
		y := [axes]int{(from[order] + to[order]) / 2, to[times] - cutStep/2 + 6}
		words := label{x: p.wire.middle(), y: 4, size: smallSize, anchor: middle, class: "dt", text: s.length.String() + " of silence"}
		w := measure(words.text, smallSize)/2 + 10
		zig := func(from, to int) string {
			return line("c", "M%d 0H%d", from, to)
		}
		p.items = append(p.items, item{class: "gap", from: y, to: y, words: []label{words},
			body: []string{zig(p.app[0].from, p.wire.middle()-w), zig(p.wire.middle()+w, p.app[1].to)}})
	}
}

// linked is the item that a link of a chain is about.
func linked(l analysis.Link) scene.Item { return scene.Item{Event: l.Event, Segment: l.Segment} }
