package report

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
)

// The parts of a segment's label, each with a column of its own, so that the eye
// can follow a number down the ladder.
const (
	labelName = iota // "#4 PSH,ACK"
	labelSeq         // "1:3" of data, "seq 3" of a FIN
	labelAck
	labelWin
	labelParts
)

// labels say where the parts of all labels of a ladder stand. What has no room
// is left out: the window first, then the acknowledgement where there is another
// number, then all numbers.
type labels struct {
	id    int             // columns of the longest ID
	parts int             // how many parts are drawn
	one   bool            // of the numbers only the one that tells most
	width [labelParts]int // columns of each part
	gap   int             // of line between two parts
}

// labelRoom is what a label needs beside its parts: two columns of line before
// it, two behind.
const labelRoom = 4

// room returns the columns that the labels need.
func (c *labels) room() int {
	n := labelRoom
	for i := range c.parts {
		n += c.width[i] + 2
	}
	return n + (c.parts-1)*c.gap
}

// labelled returns the best labels for a wire of this width; with 0 the least
// that tell a number of each segment. Where not even those have room, a number
// that is too long for its line is left out.
func (l *ladder) labelled(wire int) labels {
	var c labels
	for _, try := range []struct {
		parts int
		one   bool
	}{{labelParts, false}, {labelWin, false}, {labelAck, true}} {
		c = l.measured(try.parts, try.one)
		if wire > 0 && c.room() <= wire {
			break
		}
	}
	for c.gap < 3 && c.parts > 1 && c.room()+c.parts-1 <= wire {
		c.gap++
	}
	return c
}

// measured gives so many parts the columns that they need.
func (l *ladder) measured(parts int, one bool) labels {
	c := labels{parts: parts, one: one, gap: 1}
	for i := range l.rows {
		if s := l.rows[i].seg; s != nil {
			c.id = max(c.id, len(fmt.Sprintf("#%d", s.ID)))
		}
	}
	for i := range l.rows {
		s := l.rows[i].seg
		if s == nil || s.ICMP.Is() {
			continue
		}
		for i, t := range l.parts(l.rows[i].step, &c) {
			c.width[i] = max(c.width[i], len(t))
		}
	}
	for c.parts > 1 && c.width[c.parts-1] == 0 {
		c.parts--
	}
	return c
}

// parts returns the parts of a segment's label. A window of nothing is told
// wherever the numbers are: it is why a sender waits.
func (l *ladder) parts(st *scene.Step, c *labels) (p [labelParts]string) {
	s := st.Segment
	p[labelName] = fmt.Sprintf("%-*s %s", c.id, fmt.Sprintf("#%d", s.ID), s.Flags)
	switch {
	case s.Len > 0:
		p[labelSeq] = fmt.Sprintf("%d:%d", st.Seq, st.Seq+s.Len)
	case s.Flags&(capture.FIN|capture.RST) != 0 && !s.Flags.Has(capture.SYN):
		p[labelSeq] = fmt.Sprintf("seq %d", st.Seq)
	}
	if s.Flags.Has(capture.ACK) && !s.Flags.Has(capture.SYN) {
		p[labelAck] = fmt.Sprintf("ack %d", st.Ack)
	}
	if n, known := l.window(s); known && !s.Flags.Has(capture.RST) {
		p[labelWin] = fmt.Sprintf("win %d", n)
		if n == 0 && c.parts <= labelWin {
			p[labelAck] = strings.TrimSpace(p[labelAck] + " win 0")
		}
	}
	if c.one && p[labelSeq] == "" {
		p[labelSeq] = p[labelAck]
	}
	for i := c.parts; i < labelParts; i++ {
		p[i] = ""
	}
	return p
}

// window returns how many octets the sender of s can take, and whether that is
// known: the field counts in a unit that both SYNs have agreed on (RFC 7323
// §2.2), and a SYN's own is not scaled.
func (l *ladder) window(s *capture.Segment) (octets int, known bool) {
	if s.Flags.Has(capture.SYN) || s.Window == 0 {
		return s.Window, s.Flags.Has(capture.ACK)
	}
	mine, known := l.scale[endpoints{s.Src, s.Dst}]
	if other, both := l.scale[endpoints{s.Dst, s.Src}]; !both || !known {
		return 0, false
	} else if other < 0 || mine < 0 {
		mine = 0
	}
	return s.Window << mine, s.Flags.Has(capture.ACK)
}

// endpoints are where a segment goes from and to.
type endpoints struct{ src, dst netip.AddrPort }

// scales returns the shift that each end's SYN asked for, -1 if it had none.
func scales(segments []capture.Segment) map[endpoints]int {
	scale := make(map[endpoints]int)
	for i := range segments {
		if s := &segments[i]; s.Flags.Has(capture.SYN) && !s.ICMP.Is() {
			scale[endpoints{s.Src, s.Dst}] = -1
			if s.Options.HasScale {
				scale[endpoints{s.Src, s.Dst}] = int(s.Options.WindowScale)
			}
		}
	}
	return scale
}

// icmpLabel names an ICMP error in as many words as fit.
func icmpLabel(s *capture.Segment, id, room int) string {
	number := fmt.Sprintf("%-*s ", id, fmt.Sprintf("#%d", s.ID))
	for _, words := range []string{s.ICMP.String(), "ICMP " + s.ICMP.Meaning()} {
		if lipgloss.Width(number+words) <= room {
			return number + words
		}
	}
	return number + fmt.Sprintf("ICMP %d/%d", s.ICMP.Type, s.ICMP.Code)
}

// written is the middle of an arrow, of which two columns lie before it and one
// behind: the parts of the label in their columns, and line between them.
func (l *ladder) written(st *scene.Step, c *labels, line string, wire int) string {
	var b strings.Builder
	room, used, at := wire-3, 0, 0
	write := func(t string) {
		if t == "" {
			return
		}
		t = " " + t + " "
		if at > used && lipgloss.Width(t) <= room-at {
			b.WriteString(strings.Repeat(line, at-used))
			used = at
		}
		if used > 0 && lipgloss.Width(t) > room-used {
			return
		}
		t = l.cut(t, room-used)
		b.WriteString(t)
		used += lipgloss.Width(t)
	}
	if st.Segment.ICMP.Is() {
		write(icmpLabel(st.Segment, c.id, room-3))
	} else {
		for i, t := range l.parts(st, c) {
			write(t)
			at += c.width[i] + 2 + c.gap
		}
	}
	return b.String() + strings.Repeat(line, max(0, room-used))
}
