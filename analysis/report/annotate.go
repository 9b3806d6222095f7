package report

import (
	"net/netip"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/capture"
)

// annotate writes at the edges of a ladder without calls what the segments did
// there, by the model.
func (l *ladder) annotate(d *diagnosis.Diagnosis) {
	fate := make(map[int]*diagnosis.Reset)
	for i := range d.Resets {
		fate[d.Resets[i].Frame] = &d.Resets[i]
	}
	type begin struct {
		src, dst netip.AddrPort
		seq      capture.Seq
	}
	sent := make(map[begin]bool)
	for i := range l.rows {
		r := &l.rows[i]
		if r.seg == nil || r.seg.ICMP.Is() {
			continue
		}
		edge := r.step.Edge
		if f := fate[r.seg.ID]; f != nil {
			r.cells[1-edge], r.fault[1-edge] = l.fateCell(f)
			if r.fault[1-edge] && f.Provoker != 0 {
				l.blames = append(l.blames, []analysis.Link{{Segment: f.Provoker}, {Segment: r.seg.ID}})
			}
			continue
		}
		if r.seg.End() == r.seg.Seq {
			continue
		}
		if b := (begin{r.seg.Src, r.seg.Dst, r.seg.Seq}); sent[b] {
			r.cells[edge] = "again"
		} else {
			sent[b] = true
		}
	}
}

// fateCell says in a word or two what a RST did to its receiver.
func (l *ladder) fateCell(r *diagnosis.Reset) (cell string, fault bool) {
	switch r.Fate {
	case diagnosis.Believed, diagnosis.Supposed:
		_, pending, _ := strings.Cut(r.Because, ", ")
		if name, ok := strings.CutSuffix(pending, " pending"); ok {
			return l.cross + " " + name, true
		}
		return l.cross + " closed", true
	case diagnosis.Stale:
		return "ignored: stale", false
	case diagnosis.Challenged:
		return "not believed", false
	case diagnosis.Late:
		return "too late", false
	}
	return "", false
}
