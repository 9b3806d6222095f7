package trace

import (
	"fmt"
	"strings"

	"github.com/rstwatch/rstwatch/capture"
)

// segment prints a segment with all its numbers, and why it was sent if it is
// an RST.
func (p *printer) segment(s *capture.Segment) string {
	if s.ICMP.Is() {
		return p.icmp(s)
	}
	out, back := p.flow(path{s.Src, s.Dst}), p.flow(path{s.Dst, s.Src})
	seq := 0
	if out.answers(s.Flags) {
		seq = int(uint32(s.Seq))
	} else {
		seq = out.relative(s.Seq, s.Flags.Has(capture.SYN))
	}
	from, to := p.names.ends(s)
	words := []string{from, ">", to, s.Flags.String()}
	add := func(format string, a ...any) { words = append(words, fmt.Sprintf(format, a...)) }
	add("seq %d", seq)
	if s.Flags.Has(capture.ACK) {
		add("ack %d", back.relative(s.Ack, false))
	}
	if s.Len != 0 {
		add("len %d", s.Len)
	}
	add("win %d", s.Window)
	out.sent(s)
	if s.Flags.Has(capture.ACK) {
		back.known = true
	}
	words = append(words, options(&s.Options, back)...)
	if s.TTL != usualTTL {
		add("ttl %d", s.TTL)
	}
	if s.Fragment {
		add("fragment")
	}
	if reasons := p.run.Notes[s.ID].Reasons; len(reasons) > 0 {
		var names []string
		for _, r := range reasons {
			names = append(names, string(r))
		}
		add("reason %s", strings.Join(names, "|"))
	}
	if p.run.Notes[s.ID].Strange {
		add("! strange")
	}
	return strings.Join(words, " ")
}

// usualTTL is what a segment has that no line gives another.
const usualTTL = 64

func options(o *capture.Options, back *flow) (words []string) {
	add := func(format string, a ...any) { words = append(words, fmt.Sprintf(format, a...)) }
	if o.MSS != 0 {
		add("mss %d", o.MSS)
	}
	if o.HasScale {
		add("wscale %d", o.WindowScale)
	}
	if o.SACKPermitted {
		add("sackok")
	}
	if o.HasTimestamps {
		add("ts %d/%d", o.TSVal, o.TSEcr)
	}
	for _, b := range o.SACK[:o.SACKBlocks] {
		add("sack %d:%d", back.relative(b.Left, false), back.relative(b.Right, false))
	}
	if o.MPTCP {
		add("mptcp")
	}
	return words
}

// icmp prints an ICMP error.
func (p *printer) icmp(s *capture.Segment) string {
	kind := "ICMP"
	if s.ICMP.From.Is6() {
		kind = "ICMP6"
	}
	about, to := p.names.ends(s)
	text := fmt.Sprintf("net > %s %s %d/%d from %s", about, kind, s.ICMP.Type, s.ICMP.Code, address6(s.ICMP.From))
	if s.ICMP.To.IsValid() && s.ICMP.To != s.Src.Addr() {
		text += " to " + address6(s.ICMP.To)
	}
	out := p.flow(path{s.Src, s.Dst})
	return text + fmt.Sprintf(" about %s seq %d", to, out.relative(s.Seq, false))
}

// flow returns a direction, whose first number is not known before something
// of it has been seen.
func (p *printer) flow(of path) *flow {
	f := p.flows[of]
	if f == nil {
		f = &flow{}
		p.flows[of] = f
	}
	return f
}
