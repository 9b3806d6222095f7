package svg

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
)

// picture is a ladder with a place for everything.
type picture struct {
	scene  *scene.Scene
	run    *analysis.Run
	ladder *scene.Ladder
	*lanes
	brief  bool // titles say no more than a page says anyway
	rows   []row
	calls  map[int]*callPlace    // by the call's ID
	sent   map[int]*segmentPlace // by the segment's ID
	chain  map[scene.Item]bool   // what belongs to the causes of a verdict
	body   [axes]int             // how low the ladder goes
	height [axes]int             // and the picture with it
	items  []item
	notes  []item // what is drawn last
}

// MostSteps is about how many steps a drawing has: of a longer ladder those that
// [scene.Scene.Fold] leaves.
const MostSteps = 240

// row is what stands at one height: a step, or a call and the segment that it
// sent at once.
type row struct {
	at    time.Time // zero if the call never returned
	steps []int
	fold  scene.Stretch // instead of all that, what was left out here
	gap   bool          // instead of all that, segments that the evidence lacks
	y     [axes]int
	turns []turn // of the sockets
	words []label
}

// newPicture lays a ladder out.
func newPicture(s *scene.Scene, ladder int, brief bool) *picture {
	p := &picture{scene: s, brief: brief, run: s.Run, ladder: &s.Ladders[ladder],
		calls: make(map[int]*callPlace), sent: make(map[int]*segmentPlace), chain: chainOf(s.Run)}
	p.lay(ladder)
	p.lanes = lanesFor(p.abreast())
	for i := range p.rows {
		p.rows[i].words = p.wordsOf(&p.rows[i])
	}
	p.turn()
	for axis := range axes {
		p.height[axis] = p.place(axis)
	}
	if p.body = p.height; !brief {
		p.note()
	}
	p.drawStates()
	p.drawLinks()
	p.drawGaps()
	p.drawSteps()
	p.items = append(p.items, p.notes...)
	return p
}

// note writes below a ladder what it is not: a run of now, or of this system.
func (p *picture) note() {
	var notes []string
	if t := p.run.Origin(); t != "" {
		notes = append(notes, t)
	}
	if p.run.Translated() {
		notes = append(notes, "as "+analysis.Platform{OS: p.run.Evidence.Model.Name}.Name()+" would have behaved, by its source; the segments are those of the recording")
	}
	for _, t := range notes {
		it := item{class: "note", from: p.height, to: p.height, // on a ground that ends the rails
			body: []string{fmt.Sprintf(`<rect class="bg" y="-12" width="%d" height="30"/>`, p.width)}}
		it.words = []label{{x: p.width / 2, y: 4, size: smallSize, anchor: middle, class: "dt", text: fit(clean(t), smallSize, p.width-16)}}
		p.notes = append(p.notes, it)
		for axis := range axes {
			p.height[axis] += 18
		}
	}
}

// chainOf returns the calls and segments in the chains of a run's verdicts.
func chainOf(r *analysis.Run) map[scene.Item]bool {
	set := make(map[scene.Item]bool)
	for i := range r.Verdicts {
		for _, l := range r.Verdicts[i].Chain {
			set[linked(l)] = true
		}
	}
	return set
}

// lay shares the steps out among rows.
func (p *picture) lay(ladder int) {
	for _, part := range p.scene.Fold(ladder, MostSteps) {
		if part.LeftOut {
			p.rows = append(p.rows, row{at: p.ladder.Steps[part.From].At, fold: part})
			continue
		}
		for i := part.From; i < part.To; i++ {
			p.layStep(i)
		}
	}
}

// layStep gives a step its row.
func (p *picture) layStep(i int) {
	st := &p.ladder.Steps[i]
	if st.Kind == scene.Segment && st.Segment.ID == p.run.Evidence.Gap {
		p.rows = append(p.rows, row{at: st.At, gap: true})
	}
	if !p.beside(i) {
		p.rows = append(p.rows, row{at: st.At})
	}
	n := len(p.rows) - 1
	p.rows[n].steps = append(p.rows[n].steps, i)
	switch {
	case st.Kind == scene.Segment:
		p.sent[st.Segment.ID] = &segmentPlace{step: i, row: n}
	case st.Kind == scene.Ends && p.calls[st.Call.ID] != nil:
		c := p.calls[st.Call.ID]
		c.last, c.to = i, n
	default:
		p.calls[st.Call.ID] = &callPlace{edge: st.Edge, first: i, last: i, from: n, to: n}
	}
}

// beside reports whether a segment stands in the row of the call that sent it.
func (p *picture) beside(i int) bool {
	if len(p.rows) == 0 || len(p.rows[len(p.rows)-1].steps) != 1 {
		return false
	}
	st, last := &p.ladder.Steps[i], &p.ladder.Steps[i-1]
	return st.Kind == scene.Segment && (last.Kind == scene.Whole || last.Kind == scene.Begins) && st.Edge == last.Edge &&
		p.run.Notes[st.Segment.ID].From.Event == last.Call.ID
}

// abreast gives each call a place beside those that are under way at the same
// time, and returns how many places each edge takes. The calls of libraries stand
// further from the kernel than those on sockets, which they make.
func (p *picture) abreast() [2]int {
	sockets := p.shelve(false)
	libraries := p.shelve(true)
	for _, c := range p.calls {
		if p.ladder.Steps[c.first].Call.Op.Library() {
			c.place += sockets[c.edge]
		}
	}
	return [2]int{sockets[0] + libraries[0], sockets[1] + libraries[1]}
}

// shelve gives the calls of libraries, or the others, places as near to the kernel
// as can be, and returns how many each edge takes.
func (p *picture) shelve(libraries bool) (most [2]int) {
	var busy [2][]bool
	for i := range p.ladder.Steps {
		st := &p.ladder.Steps[i]
		if st.Kind == scene.Segment || st.Call.Op.Library() != libraries || p.calls[st.Call.ID] == nil {
			continue
		}
		b, c := &busy[st.Edge], p.calls[st.Call.ID]
		if st.Kind == scene.Ends && c.first != i {
			(*b)[c.place] = false
			continue
		}
		if c.place = slices.Index(*b, false); c.place < 0 {
			c.place = len(*b)
			*b = append(*b, false)
		}
		(*b)[c.place] = st.Kind == scene.Begins
		most[st.Edge] = max(most[st.Edge], c.place+1)
	}
	return most
}

// wordsOf returns the texts of a row but for those of the kernels.
func (p *picture) wordsOf(r *row) []label {
	var words []label
	if t := p.missing(r); t != "" {
		words = append(words, label{x: p.wire.middle(), y: 4, size: smallSize, anchor: middle, class: "dt", text: t})
	}
	for _, i := range r.steps {
		if st := &p.ladder.Steps[i]; st.Kind == scene.Segment {
			words = append(words, p.segmentWords(st)...)
		} else {
			words = append(words, p.callWords(i)...)
		}
	}
	if !r.at.IsZero() && !r.gap {
		words = append(words, label{x: clockWidth - 12, y: 4, size: smallSize, anchor: end, styled: true, class: "clock", text: p.clock(r.at)})
	}
	return words
}

// missing says what a row stands for that is not drawn, "" if it is not such a row.
func (p *picture) missing(r *row) string {
	switch f := r.fold; {
	case f.LeftOut:
		return fmt.Sprintf("… %d steps in %v are left out …", f.To-f.From, p.ladder.Span(f).Round(time.Microsecond))
	case r.gap:
		return "… segments are left out …"
	}
	return ""
}

// clock is a moment in milliseconds since the run began.
func (p *picture) clock(t time.Time) string {
	ms := float64(t.Sub(p.scene.Start)) / float64(time.Millisecond)
	switch {
	case ms < 99999:
		return strconv.FormatFloat(ms, 'f', 3, 64)
	case ms < 9999999:
		return strconv.FormatFloat(ms, 'f', 1, 64)
	}
	return strconv.FormatFloat(ms, 'f', 0, 64)
}
