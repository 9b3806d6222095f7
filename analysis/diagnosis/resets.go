package diagnosis

import (
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// marks lists the FINs and the RSTs.
func (x *examiner) marks() {
	for i := range x.segments() {
		s := &x.segments()[i]
		at := x.side(s)
		m := Mark{Frame: s.ID, Time: s.Time, Side: at}
		switch {
		case s.ICMP.Is():
		case s.Flags.Has(capture.RST):
			x.Resets = append(x.Resets, x.resetOf(s, m))
		case s.Flags.Has(capture.FIN) && x.sides[at].fin == s:
			x.FINs = append(x.FINs, m)
		}
	}
}

// mostClasses is how many RSTs of a connection are classed: a forger may send as
// many as he likes.
const mostClasses = 16

func (x *examiner) resetOf(s *capture.Segment, m Mark) Reset {
	r := Reset{Mark: m, Flags: s.Flags, Kind: survey.Passive}
	if s.Flags.Has(capture.ACK) {
		r.Kind = survey.Active
	}
	if c := x.Connection.Reset; c != nil && int(c.Frame) == s.ID {
		r.take(c)
	} else if len(x.Resets) < mostClasses {
		if c := x.classed(s); c != nil {
			r.take(c)
		}
	}
	n := x.Run.Notes[s.ID]
	if n.From.Segment != 0 && r.Provoker == 0 && r.Kind != survey.Active {
		r.Provoker = n.From.Segment
	}
	r.Fate, r.Because = x.fate(s, n), n.Effect
	return r
}

// take takes over what the survey says of a RST.
func (r *Reset) take(c *survey.Reset) {
	r.Kind, r.Reasons, r.Rule, r.Provoker = c.Kind, c.Reasons, c.Rule, int(c.Provoker.Frame)
}

// classed returns what the survey says of a RST that is not the connection's
// first.
func (x *examiner) classed(s *capture.Segment) *survey.Reset {
	t := survey.New(1, nil)
	for i := range x.segments() {
		o := &x.segments()[i]
		if o.ICMP.Is() || o.Flags.Has(capture.RST) && o.ID != s.ID {
			continue
		}
		b := brief(o)
		t.Add(o.Time.UnixNano(), uint32(o.ID), &b)
		if o.ID == s.ID {
			break
		}
	}
	for c := range t.Connections() {
		if c.Reset == nil || int(c.Reset.Frame) != s.ID {
			continue
		}
		return c.Reset
	}
	return nil
}

// brief is what a survey reads of a segment.
func brief(s *capture.Segment) capture.Brief {
	return capture.Brief{Src: s.Src.Addr().As16(), Dst: s.Dst.Addr().As16(), SrcPort: s.Src.Port(), DstPort: s.Dst.Port(),
		V6: s.Src.Addr().Is6(), Len: int32(s.Len), Seq: s.Seq, Ack: s.Ack, Window: uint16(s.Window), IPID: s.IPID, Flags: s.Flags,
		TTL: s.TTL, Fragment: s.Fragment, HasScale: s.Options.HasScale, WindowScale: s.Options.WindowScale,
		SACKPermitted: s.Options.SACKPermitted, HasTimestamps: s.Options.HasTimestamps}
}

// fate says what became of a RST, by what the model notes about it.
func (x *examiner) fate(s *capture.Segment, n analysis.Note) Fate {
	has := func(rule string) bool { return slices.Contains(n.Rules, rule) }
	receiver := x.prospects[1-x.side(s)]
	switch {
	case n.Lost != "":
		return Undelivered
	case n.Ended && receiver != nil && receiver.Assumed && !x.fits(s):
		return Unclear
	case n.Ended && receiver != nil && receiver.Assumed:
		return Supposed
	case n.Ended:
		return Believed
	case has("rst-out-of-window"), has("syn-sent-stale-rst"), has("syn-recv-rst-bad-ack"), has("bucket-inexact-rst"):
		return Stale
	case has("rst-not-exact"):
		return Challenged
	case has("closed-rst"), has("listen-rst"), strings.Contains(n.Effect, "TIME_WAIT"):
		return Late
	}
	return Unclear
}

// fits reports whether a RST has a sequence number that its receiver waits for,
// as far as the segments tell: the end of what its sender has sent, or the
// acknowledgement that came last the other way.
func (x *examiner) fits(s *capture.Segment) bool {
	at := x.side(s)
	own := &x.sides[at]
	next := own.edge
	if own.fin != nil {
		next = own.fin.End()
	}
	return own.opened && s.Seq == next || own.hasAck && s.Seq == own.acked
}
