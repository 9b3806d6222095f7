package analysis

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// hear notes of each RST why the kernel says that it sent it, and what
// contradicts the model.
func (x *explainer) hear() {
	if x.evidence.Model.Name != "linux" {
		return // another system's results are asked for: what this kernel did does not speak of them
	}
	e := &x.evidence
	inferred := func(s *capture.Segment) bool { return len(x.notes[s.ID].Reasons) > 0 }
	pairs := pairResets(e.Segments, e.Signals, inferred)
	local := ownAddresses(e.Signals)
	for i := range e.Segments {
		s := &e.Segments[i]
		if !s.Flags.Has(capture.RST) || s.ICMP.Is() {
			continue
		}
		n := x.notes[s.ID]
		signal := pairs[s.ID]
		if signal != nil {
			for _, reason := range kernel.Told(signal) {
				n.Heard = append(n.Heard, Reason(reason))
			}
		}
		because := ""
		switch {
		case len(n.Reasons) == 0 && !(n.Strange && signal != nil):
		case signal == nil:
			if n.Unheard = e.Hearing.silence(s, local[s.Src.Addr()]); n.Unheard == "" && e.Hearing.Backend != "" {
				n.Unheard = "it says nothing of this RST"
				because = fmt.Sprintf("the model infers %s as the reason of #%d, and the kernel, which tells of every RST that it sends, says nothing of it",
					reasonsOf(n.Reasons), s.ID)
			}
		case n.Strange:
			because = fmt.Sprintf("by the model its socket can not have sent #%d, and the kernel says that it did", s.ID)
		case len(n.Heard) == 0:
			n.Unheard = "it sent this RST, and does not say why"
		case !slices.ContainsFunc(n.Heard, func(r Reason) bool { return slices.Contains(n.Reasons, r) }):
			because = fmt.Sprintf("the model infers %s as the reason of #%d, and the kernel says %s", reasonsOf(n.Reasons), s.ID, reasonsOf(n.Heard))
		}
		x.notes[s.ID] = n
		if h := x.senders[s.ID]; because != "" && !(h != nil && x.lossy(h.conn)) {
			x.out.Findings = append(x.out.Findings, Finding{s.ID, because})
		}
	}
}

// ownAddresses are those that the kernel has named as a socket's own: another
// host's RSTs it does not tell of.
func ownAddresses(signals []kernel.Signal) map[netip.Addr]bool {
	own := make(map[netip.Addr]bool)
	for i := range signals {
		if a := signals[i].Local; a.IsValid() && !a.Addr().IsUnspecified() {
			own[a.Addr()] = true
		}
	}
	return own
}

// silence says why the kernel says nothing of an RST; "" if it should, or if it
// is not known whether anybody asked.
func (h *Hearing) silence(rst *capture.Segment, local bool) string {
	switch {
	case h.Backend == "":
		return h.Without
	case rst.Time.Before(h.From):
		return "it was asked only after this RST"
	case rst.Time.After(h.To):
		return "it was asked only until before this RST"
	case h.Lost > 0:
		return fmt.Sprintf("%d of its signals were lost", h.Lost)
	case !h.Whole:
		return cmp.Or(h.Without, "it does not tell of every RST")
	case !local:
		return "it does not speak of the address that sent this RST"
	}
	return ""
}

// hold gives a verdict the kernel's own reason for the RST that it speaks of, and
// lets it stand only if the kernel does not contradict the model about any RST in
// its chain.
func (x *explainer) hold(v *Verdict) {
	for _, l := range slices.Backward(v.Chain) {
		n := x.notes[l.Segment]
		if len(n.Reasons) > 0 && len(v.Heard) == 0 && slices.Equal(v.Inferred, n.Reasons) {
			v.Heard, v.Unheard = n.Heard, n.Unheard
		}
		i := slices.IndexFunc(x.out.Findings, func(f Finding) bool { return f.Segment == l.Segment })
		if i >= 0 && v.Outcome != Unexplained {
			v.Outcome, v.Because = Unexplained, x.out.Findings[i].Because
		}
	}
}

func reasonsOf(list []Reason) (text string) {
	for i, r := range list {
		if i > 0 {
			text += " or "
		}
		text += string(r)
	}
	return text
}

// Untold returns the findings that no verdict tells of.
func (x *Explanation) Untold() (list []Finding) {
	for _, f := range x.Findings {
		if !slices.ContainsFunc(x.Verdicts, func(v Verdict) bool { return v.Because == f.Because }) {
			list = append(list, f)
		}
	}
	return list
}
