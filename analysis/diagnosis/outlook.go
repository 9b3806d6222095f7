package diagnosis

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// look says what the next calls of both sides return.
func (x *examiner) look() {
	for side, p := range x.prospects {
		if p == nil {
			continue
		}
		o := Outlook{Returns: p.Returns, Assumed: p.Assumed}
		if x.obscure(side) {
			x.Outlooks[side].Says = "not known: too little was captured to tell whether the RST was believed"
			continue
		}
		for _, s := range p.Sockets {
			s.Unread, s.Owes, s.OwesFIN = 0, nil, false // what its program has read is not known
			if t := s.String(); !strings.Contains(o.Socket, t) {
				o.Socket = strings.TrimPrefix(o.Socket+"; or "+t, "; or ")
			}
		}
		for _, r := range p.Returns {
			o.Nobody = o.Nobody || r.Fault == scenario.Closed
		}
		x.Outlooks[side] = o
		x.Outlooks[side].Says = x.outlookWords(side, &o)
	}
}

// obscure reports whether all that is known of a side is that a RST was sent to it
// which may not have been exact.
func (x *examiner) obscure(side int) bool {
	for i := range x.Resets {
		if x.Resets[i].Side != side && x.Resets[i].Fate == Unclear && x.Decisive == x.Resets[i].Frame {
			return true
		}
	}
	return false
}

// outlookWords says in words what the next calls of a side return.
func (x *examiner) outlookWords(side int, o *Outlook) string {
	if len(o.Returns) == 0 {
		return "no socket of a program is known there"
	}
	var parts []string
	if o.Nobody {
		return x.nobodyWords(side, o)
	}
	for _, op := range []scenario.Op{scenario.OpDial, scenario.OpAccept, scenario.OpRead, scenario.OpWrite} {
		if list := o.Faults(op); len(list) > 0 {
			parts = append(parts, fmt.Sprintf("%s → %s", op, faultWords(list)))
		}
	}
	t := strings.Join(parts, ", ")
	for _, r := range o.Returns {
		if r.Timer != "" && (r.Op == scenario.OpRead || r.Op == scenario.OpDial) && x.waits(side) {
			t += fmt.Sprintf("; %s once its kernel gives up", r.Fault)
			break
		}
	}
	return t
}

// nobodyWords says what becomes of the calls of a side that has sent a RST.
func (x *examiner) nobodyWords(side int, o *Outlook) string {
	t := "its program has closed the socket"
	if r := x.resetBy(side); r != nil && r.Kind != survey.Active && x.sides[side].fin == nil {
		t = "no program there has this connection, if the RST is its host's own"
	}
	const shut = "if it had shut down both directions and not closed"
	reasons := map[scenario.Fault]string{scenario.ECONNABORTED: "if an administrator ended it (ss -K)", scenario.ETIMEDOUT: "if its kernel gave up",
		scenario.ECONNRESET: shut, scenario.EOF: shut}
	var others []string
	for _, r := range o.Returns {
		if r.Op != scenario.OpRead || r.Timer != "" || r.Fault == scenario.Closed {
			continue
		}
		why := reasons[r.Fault]
		writes := ""
		for _, w := range o.Returns { // the other side's FIN hides from a read what a write is told
			if r.Fault == scenario.EOF && w.Op == scenario.OpWrite && w.Timer == "" && (w.Fault == scenario.ECONNABORTED || w.Fault == scenario.ETIMEDOUT) {
				why, writes = reasons[w.Fault], ", write → "+string(w.Fault)
			}
		}
		for _, w := range o.Returns {
			if w.Op == scenario.OpWrite && w.Rule == r.Rule && w.Fault != r.Fault {
				writes = ", write → " + string(w.Fault)
			}
		}
		others = append(others, strings.TrimSpace(fmt.Sprintf("read → %s%s %s", faultWords([]scenario.Fault{r.Fault}), writes, why)))
	}
	if len(others) > 0 {
		t += "; otherwise " + strings.Join(others, ", ")
	}
	return t
}

// resetBy returns the first RST that a side sent and that reached the other, else
// the first at all; nil if there is none.
func (x *examiner) resetBy(side int) (first *Reset) {
	for i := range x.Resets {
		if r := &x.Resets[i]; r.Side == side && (first == nil || r.Fate == Believed && first.Fate != Believed) {
			first = r
		}
	}
	return first
}

// waits reports whether a side has sent something again, or probes, and nobody
// has answered.
func (x *examiner) waits(side int) bool {
	p, peer := &x.sides[side], &x.sides[1-side]
	if p.last == nil || peer.last != nil && p.last.ID < peer.last.ID {
		return false
	}
	n := 0
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.Src == p.last.Src && s.Seq == p.last.Seq && s.Len == p.last.Len && !s.Flags.Has(capture.RST) && (peer.last == nil || s.ID > peer.last.ID) {
			n++
		}
	}
	return n > 1 || len(p.probes) > 0
}

func faultWords(list []scenario.Fault) string {
	var names []string
	for _, f := range list {
		switch f {
		case "":
			names = append(names, "ok")
		case analysis.Blocks:
			names = append(names, "waits")
		default:
			names = append(names, string(f))
		}
	}
	return strings.Join(names, " or ")
}
