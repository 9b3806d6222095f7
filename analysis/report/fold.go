package report

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

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

// A ladder of more rows than foldAbove keeps the first and the last of them, and
// between them those that begin, end or break something.
const (
	foldAbove = 48
	foldHead  = 8
	foldTail  = 24
	foldKept  = 16
	// longPause is a silence that gets a row of its own.
	longPause = time.Second
)

// fold draws a row instead of many in the middle of a long ladder, one for what
// was left out already, and one for each long pause.
func (l *ladder) fold(d *diagnosis.Diagnosis) {
	keep := l.kept(d)
	var rows []row
	var last time.Time
	for i := 0; i < len(l.rows); {
		r := l.rows[i]
		if d.Gap != 0 && r.seg != nil && r.seg.ID == d.Gap {
			rows = append(rows, row{fold: fmt.Sprintf("%s left out", count(d.LeftOut, "segment"))})
			last = r.at
		}
		if keep[i] {
			if pause := r.at.Sub(last); !last.IsZero() && pause >= longPause {
				rows = append(rows, row{fold: l.duration(pause) + " of silence"})
			}
			rows = append(rows, r)
			last = r.at
			i++
			continue
		}
		n := i
		for n < len(l.rows) && !keep[n] && (d.Gap == 0 || n == i || l.rows[n].seg == nil || l.rows[n].seg.ID != d.Gap) {
			n++
		}
		rows = append(rows, row{fold: l.folded(l.rows[i:n])})
		last = l.rows[n-1].at
		i = n
	}
	l.rows = rows
}

// folded says what stands behind a row.
func (l *ladder) folded(rows []row) string {
	var octets [2]int
	for i := range rows {
		if s := rows[i].seg; s != nil && !s.ICMP.Is() {
			octets[rows[i].step.Edge] += s.Len
		}
	}
	t := count(uint64(len(rows)), "segment") + " in " + l.duration(rows[len(rows)-1].at.Sub(rows[0].at))
	names := l.Names
	for i, n := range octets {
		if n > 0 {
			t += fmt.Sprintf(", %d octets from the %s", n, l.text(string(names[i])))
		}
	}
	return t
}

// kept returns the rows that are drawn.
func (l *ladder) kept(d *diagnosis.Diagnosis) map[int]bool {
	keep := make(map[int]bool, len(l.rows))
	all := len(l.rows) <= foldAbove || l.Verbose
	special := 0
	for i := range l.rows {
		s := l.rows[i].seg
		switch {
		case all, i < foldHead, i >= len(l.rows)-foldTail, s == nil:
			keep[i] = true
		case l.Run.Notes[s.ID].Decisive:
			keep[i] = true
		case (s.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 || s.ICMP.Is()) && special < foldKept:
			keep[i] = true
			special++
		}
	}
	for i := range l.rows { // a row is no shorter than what it stands for
		if !keep[i] && keep[i-1] && i+1 < len(l.rows) && keep[i+1] {
			keep[i] = true
		}
	}
	return keep
}
