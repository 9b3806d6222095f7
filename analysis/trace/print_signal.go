package trace

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// hearing prints how far the kernel was heard, "" if nothing is known of it.
func (p *printer) hearing(h *analysis.Hearing) string {
	if *h == (analysis.Hearing{}) {
		return ""
	}
	words := []string{"heard"}
	switch h.Backend {
	case "":
		words = append(words, "-")
	case "-":
		words = append(words, `"-"`)
	default:
		words = append(words, word(h.Backend))
	}
	if h.Whole {
		words = append(words, "whole")
	}
	if !h.From.IsZero() {
		words = append(words, "from", p.at(h.From))
	}
	if !h.To.IsZero() {
		words = append(words, "to", p.at(h.To))
	}
	if h.Lost != 0 {
		words = append(words, "lost", strconv.FormatUint(h.Lost, 10))
	}
	if h.Without != "" {
		words = append(words, "without", strconv.QuoteToASCII(h.Without))
	}
	return strings.Join(words, " ")
}

// signal prints one thing that the kernel said.
func (p *printer) signal(s *kernel.Signal) string {
	words := []string{"kernel", p.names.nameOf(s.Local, s.Remote), ">", p.names.nameOf(s.Remote, s.Local), s.Kind.String()}
	add := func(name, value string) { words = append(words, name, value) }
	for _, w := range []struct{ name, value string }{
		{"reason", s.Reason}, {"errno", s.Errno}, {"call", s.Call},
		{"before", s.Before.String()}, {"state", s.State.String()}, {"comm", s.Comm}, {"stack", strings.Join(s.Stack, ",")},
	} {
		if w.value != "" {
			add(w.name, word(w.value))
		}
	}
	if s.Answers {
		words = append(words, "answers")
	}
	if s.HasSeq {
		add("seq", p.numberOf(s))
	}
	for _, w := range []struct {
		name  string
		value int
	}{{"n", s.N}, {"fd", s.FD}, {"pid", s.PID}, {"tid", s.TID}, {"parent", s.Parent}} {
		if w.value != 0 {
			add(w.name, strconv.Itoa(w.value))
		}
	}
	if s.Socket != 0 {
		add("cookie", strconv.FormatUint(s.Socket, 10))
	}
	if !s.Start.IsZero() {
		add("start", p.at(s.Start))
	}
	return strings.Join(words, " ")
}

// numberOf is the sequence number of a signal: that of an RST by the segment's
// number, for only together they tell whether it is absolute.
func (p *printer) numberOf(s *kernel.Signal) string {
	for i := range p.run.Evidence.Segments {
		seg := &p.run.Evidence.Segments[i]
		if seg.Flags.Has(capture.RST) && !seg.ICMP.Is() && seg.Src == s.Local && (seg.Dst == s.Remote || s.Remote.Port() == 0) && uint32(seg.Seq) == s.Seq {
			return fmt.Sprintf("#%d", seg.ID)
		}
	}
	return strconv.Itoa(p.flow(path{s.Local, s.Remote}).relative(capture.Seq(s.Seq), false))
}

// nameOf is what an address is called that speaks to another: by the name of its
// socket or host, or by itself.
func (n *names) nameOf(at, peer netip.AddrPort) string {
	if at.Addr().Zone() == "" {
		if socket := n.pairs[path{at, peer}]; socket != "" {
			return socket
		}
		if host := n.hosts[at]; host != "" {
			return host
		}
	}
	return addressWord(at)
}
