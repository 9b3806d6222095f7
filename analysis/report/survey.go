package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

// mostTalkers is how many ends a summary lists.
const mostTalkers = 10

// SurveySummary prints for a person what a capture holds: how many connections,
// how they ended, why they were reset as far as the wire tells, and between whom.
func SurveySummary(w io.Writer, sum survey.Summary, o Options) error {
	s := newStyle(w, o)
	var b strings.Builder
	g := sum.Segments
	s.headed(&b, connections(&sum), fmt.Sprintf(" in %s: %d SYN, %d FIN, %d RST", count(g.Total, "TCP segment"), g.SYN, g.FIN, g.RST))
	if sum.ICMP > 0 {
		fmt.Fprintf(&b, "%s about them\n", count(sum.ICMP, "ICMP error"))
	}
	s.frames(&b, sum.Frames)
	if sum.ClosedOut > 0 {
		s.lines(&b, s.mark, fmt.Sprintf("%s closed out early, being idle for longest: --max-connections allows no more at a time",
			count(sum.ClosedOut, "connection")))
	}
	if sum.Connections > 0 {
		fmt.Fprintf(&b, "\n%s\n", s.dim.Render("how they ended"))
		for _, e := range survey.Endings() {
			if n := sum.Endings[e]; n > 0 {
				fmt.Fprintf(&b, "%9d  %s\n", n, s.ending(e, string(e)))
			}
		}
	}
	s.classes(&b, sum.Classes)
	s.talkers(&b, sum.Talkers)
	_, err := io.WriteString(w, b.String())
	return err
}

// headed prints a text that begins in bold.
func (s *style) headed(b *strings.Builder, begin, rest string) {
	for i, line := range wrap(s.text(begin+rest), s.Width) {
		if after, ok := strings.CutPrefix(line, begin); ok && i == 0 {
			line = s.bold.Render(begin) + after
		}
		fmt.Fprintln(b, line)
	}
}

// connections says how many there are, and of how many if not all are told of.
func connections(sum *survey.Summary) string {
	if sum.Of == sum.Connections {
		return count(sum.Connections, "connection")
	}
	return fmt.Sprintf("%d of %s", sum.Connections, count(sum.Of, "connection"))
}

// frames says what a capture holds that is not in the survey, and why.
func (s *style) frames(b *strings.Builder, f survey.Frames) {
	if f.NotTCP > 0 {
		fmt.Fprintf(b, "%s of other protocols\n", count(f.NotTCP, "frame"))
	}
	if n := f.Fragmented + f.Fragments; n > 0 {
		s.lines(b, s.mark, fmt.Sprintf("IP fragments: of %s only the first is read, %s passed over",
			count(f.Fragmented, "segment"), count(f.Fragments, "fragment")))
	}
	for _, l := range []struct {
		n   uint64
		why string
	}{
		{f.Cut, "cut off before the TCP header ended: snap length too small"},
		{f.Malformed, "with headers that contradict themselves"},
		{f.Unknown, "of a link type that is not known here"},
	} {
		if l.n > 0 {
			s.lines(b, s.mark, count(l.n, "frame")+" "+l.why)
		}
	}
}

func count(n uint64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// ending colours a text that tells of an ending.
func (s *style) ending(e survey.Ending, text string) string {
	switch e {
	case survey.Closed:
		return s.ok.Render(text)
	case survey.WasReset, survey.Refused:
		return s.fault.Render(text)
	case survey.HalfClosed:
		return s.fin.Render(text)
	case survey.Unanswered:
		return s.mark.Render(text)
	}
	return text
}

func (s *style) classes(b *strings.Builder, classes []survey.Class) {
	if len(classes) == 0 {
		return
	}
	b.WriteByte('\n')
	s.lines(b, s.dim, "the first RST of each, and its reason as far as the wire tells")
	for _, c := range classes {
		for i, line := range wrap(c.Rule, s.Width-11) {
			if i == 0 {
				fmt.Fprintf(b, "%9d  %s\n", c.Connections, line)
			} else {
				fmt.Fprintf(b, "%11s%s\n", "", line)
			}
		}
		s.under(b, 11, reasonWords(c.Kind, words(c.Reasons)))
	}
}

// reasonWords says in words which reasons a RST may have.
func reasonWords(k survey.Kind, list []string) string {
	switch {
	case k == survey.Foreign:
		return "made as no kernel makes one: a middlebox, or forged"
	case k == survey.Refusal:
		return strings.Join(list, " or ") + ", or a firewall's reject"
	case k == survey.Passive && len(list) > 1:
		return "one of " + strings.Join(list, ", ") + ", or a firewall's reject"
	case len(list) == 0:
		return "no reason of Linux: another system such as macOS, or a middlebox"
	case len(list) == 1:
		return list[0]
	}
	return "one of " + strings.Join(list, ", ")
}

// under prints a text in lines that begin at a column.
func (s *style) under(b *strings.Builder, column int, text string) {
	room := s.Width - column
	if lipgloss.Width(text) > room { // breaking lines takes its time, and lists are long
		text = s.plain.Width(room).Render(text)
	}
	for _, line := range strings.Split(text, "\n") {
		fmt.Fprintf(b, "%*s%s\n", column, "", s.dim.Render(strings.TrimRight(line, " ")))
	}
}

func (s *style) talkers(b *strings.Builder, talkers []survey.Talker) {
	if len(talkers) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s\n", s.dim.Render("     sent  suffered  the most resets"))
	for _, k := range talkers[:min(len(talkers), mostTalkers)] {
		numbers, name := fmt.Sprintf("%9d %9d", k.Sent, k.Suffer), talkerName(k)
		if len(numbers)+2+len(name) > s.Width {
			numbers += "\n" + strings.Repeat(" ", 7)
		}
		fmt.Fprintf(b, "%s  %s\n", numbers, name)
	}
	if more := len(talkers) - mostTalkers; more > 0 {
		fmt.Fprintf(b, "%20s and %d more\n", "", more)
	}
}

// talkerName is a server's address and port, or a client's address.
func talkerName(k survey.Talker) string {
	switch {
	case k.Port == 0:
		return k.Addr.String()
	case k.Addr.Is4():
		return fmt.Sprintf("%v:%d", k.Addr, k.Port)
	}
	return fmt.Sprintf("[%v]:%d", k.Addr, k.Port)
}

// endedHow says how a connection ended, and who did it, when.
func endedHow(c *survey.Connection) string {
	how := string(c.Ending)
	if c.EndedBy >= 0 && c.Ending != survey.WasReset {
		how += " by the " + survey.SideName(c.EndedBy)
	}
	if c.Reset != nil && c.Ending == survey.WasReset {
		how += " by the " + survey.SideName(c.Reset.From)
		if c.EndedBy >= 0 && c.Ended < c.Reset.Time {
			how += ", after a FIN of the " + survey.SideName(c.EndedBy)
		}
	}
	if c.EndedBy >= 0 {
		how += fmt.Sprintf(", after %v", time.Duration(c.Ended-c.First).Round(time.Microsecond))
	}
	if c.Midway {
		how += " (no SYN captured)"
	}
	if c.OneWay {
		how += " (one direction only)"
	}
	return how
}

// toldHow says which errors the programs are told of that did not end the
// connection themselves; "" where it ended as it should, or goes on.
func toldHow(c *survey.Connection) string {
	var sides []string
	for i := range c.Sides {
		n := &c.Sides[i].Next
		var calls []string
		for _, call := range []struct {
			name string
			is   survey.Results
		}{{"dial", n.Dial}, {"read", n.Read}, {"write", n.Write}} {
			if f := scenario.Fault(call.is.List()[0]); call.is != "" && f != scenario.Closed && n.Returns(f) && (n.Dial == "" || call.name == "dial") && (c.Reset != nil || c.Ending == survey.Unanswered) {
				calls = append(calls, call.name+" "+strings.ReplaceAll(string(call.is), "|", " or "))
			}
		}
		if n.GivesUp != "" {
			calls = append(calls, fmt.Sprintf("%s if its kernel gives up", n.GivesUp))
		}
		if len(calls) > 0 {
			sides = append(sides, survey.SideName(i)+": "+strings.Join(calls, ", "))
		}
	}
	return strings.Join(sides, "; ")
}

// resetHow says which RST it was, what it answers, and why it may have been sent.
func resetHow(r *survey.Reset) string {
	text := fmt.Sprintf("frame %d %s", r.Frame, r.Flags)
	if p := r.Provoker; p.Frame != 0 {
		text += fmt.Sprintf(" answers frame %d %s", p.Frame, p.Flags)
		if p.Len > 0 {
			text += fmt.Sprintf(" with %d octets", p.Len)
		}
	}
	text += ": " + reasonWords(r.Kind, words(r.Reasons))
	if r.Elsewhere() {
		text += fmt.Sprintf("; TTL %d, its sender's other segments have %d: a middlebox?", r.TTL, r.UsualTTL)
	}
	return text
}
