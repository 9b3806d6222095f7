package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

// Diagnosis prints one connection of a capture for a person: a head line, its
// ladder, and under it in sentences what happened, what both programs see of it,
// whether a retry is safe, and what to measure.
func Diagnosis(w io.Writer, d *diagnosis.Diagnosis, o Options) error {
	s := newStyle(w, o)
	var b strings.Builder
	s.diagnosisHead(&b, d)
	b.WriteByte('\n')
	sc := scene.Between(d.Run, d.Connection.Sides[diagnosis.Client].Addr, d.Connection.Sides[diagnosis.Server].Addr)
	for i := range sc.Ladders {
		l := newLadder(s, sc, i)
		l.annotate(d)
		l.fold(gap{d.Gap, int(d.LeftOut)})
		l.draw(&b)
	}
	s.findings(&b, d)
	_, err := io.WriteString(w, b.String())
	return err
}

// diagnosisHead names the connection in one or two lines.
func (s *style) diagnosisHead(b *strings.Builder, d *diagnosis.Diagnosis) {
	c := &d.Connection
	name := fmt.Sprintf("stream %d", c.Stream)
	ends := s.text(fmt.Sprintf(" %s %s → %s", s.dot, c.Sides[0].Addr, c.Sides[1].Addr))
	zeek := s.text(fmt.Sprintf("%s %s %s %s completeness %d", c.State, s.dot, s.shortened(c.History), s.dot, c.Completeness))
	b.WriteString(s.bold.Render(name) + ends)
	s.aside(b, lipgloss.Width(name+ends), zeek)
	what := []string{string(c.Ending), time.Unix(0, c.First).UTC().Format("2006-01-02 15:04:05.000 UTC"),
		s.duration(time.Duration(c.Last - c.First)), count(uint64(c.Sides[0].Packets)+uint64(c.Sides[1].Packets), "segment"),
		fmt.Sprintf("%d octets from the client, %d from the server", c.Sides[0].Octets, c.Sides[1].Octets)}
	b.WriteByte('\n')
	s.lines(b, s.dim, s.text(strings.Join(what, " "+s.dot+" ")))
}

// shortened cuts a history that is too long for a line.
func (s *style) shortened(history string) string {
	const most = 24
	if len(history) > most {
		return history[:most-1] + s.dots
	}
	return history
}

// duration is a time with the figures that matter.
func (s *style) duration(d time.Duration) string {
	switch {
	case d >= time.Minute:
		d = d.Round(time.Second)
	case d >= 10*time.Second:
		d = d.Round(100 * time.Millisecond)
	case d >= 100*time.Millisecond:
		d = d.Round(time.Millisecond)
	default:
		d = d.Round(time.Microsecond)
	}
	t := d.String()
	if s.ASCII {
		t = strings.ReplaceAll(t, "µ", "u")
	}
	return t
}

// findings says in sentences what the diagnosis is.
func (s *style) findings(b *strings.Builder, d *diagnosis.Diagnosis) {
	fmt.Fprintf(b, "\n%s\n", s.ending(d.Connection.Ending, s.text(d.Situation.Name)))
	for _, f := range Findings(d) {
		text := f.Text
		if f.Listed {
			text = s.dot + " " + text
		}
		s.sentence(b, f.Label, text, f.Source)
		if f.Command != "" {
			for _, line := range strings.Split(s.text(f.Command), "\n") {
				s.command(b, 11, "$ ", line)
			}
		}
	}
}

// fateWords says what a RST did.
func fateWords(r *diagnosis.Reset) string {
	switch r.Fate {
	case diagnosis.Believed:
		return "believed (" + r.Because + ")"
	case diagnosis.Supposed:
		return "probably believed: its number fits, as far as the capture shows"
	case diagnosis.Stale:
		return "stale: outside the window, and ignored"
	case diagnosis.Challenged:
		return "in the window but not exact: not believed, a challenge ACK is due"
	case diagnosis.Late:
		return "too late to matter: the " + survey.SideName(1-r.Side) + "'s connection had ended"
	case diagnosis.Undelivered:
		return r.Because
	}
	return "whether it was believed can not be told"
}

// outlookSource is the rule behind what the next read returns.
func outlookSource(o *diagnosis.Outlook) string {
	for _, r := range o.Returns {
		if o.Nobody {
			break
		}
		if r.Op == scenario.OpRead || r.Op == scenario.OpDial {
			return r.Source
		}
	}
	return ""
}

// exchangeWords says how many octets of the last request and its answer came.
func exchangeWords(d *diagnosis.Diagnosis) string {
	e := &d.Exchange
	if e.Request.Sent+e.Answer.Sent == 0 {
		return "not an octet, by either side"
	}
	t := "no request"
	if e.Request.Sent > 0 {
		t = "a request of " + octetWords(e.Request)
		if e.Method != "" {
			t = fmt.Sprintf("%s %s, %s", e.Method, e.Target, octetWords(e.Request))
		}
	}
	switch a := e.Answer; {
	case a.Sent == 0:
		t += "; no octet of an answer"
	case e.Complete:
		t += "; an answer of " + octetWords(a) + ", whole"
	case e.Torn:
		t += "; an answer of " + octetWords(a) + ", not whole"
	default:
		t += "; an answer of " + octetWords(a)
	}
	if e.Earlier > 0 {
		t += fmt.Sprintf("; %s before it", count(uint64(e.Earlier), "turn"))
	}
	if d.Idle.For > 0 && d.Decisive != 0 {
		t += fmt.Sprintf("; then %s of silence until #%d", newPlain().duration(d.Idle.For), d.Idle.Until)
		if d.Idle.Probes > 0 {
			t += fmt.Sprintf(", but for %s", count(uint64(d.Idle.Probes), "keep-alive probe"))
		}
	}
	return t
}

func octetWords(o diagnosis.Octets) string {
	t := count(o.Sent, "octet")
	switch {
	case o.Unacked() == 0:
		t += " (acknowledged)"
	case o.Acked == 0:
		t += " (none acknowledged)"
	default:
		t += fmt.Sprintf(" (%d acknowledged, %d not)", o.Acked, o.Unacked())
	}
	return t
}

func vantageWords(v diagnosis.Vantage) string {
	where := map[diagnosis.Place]string{diagnosis.AtClient: "taken on the client's host, or beside it", diagnosis.AtServer: "taken on the server's host, or beside it",
		diagnosis.Between: "taken on the way between them", diagnosis.OneHost: "taken on the host that both are on"}[v.Place]
	if v.Sure && v.Place != diagnosis.Between {
		where = strings.TrimSuffix(where, ", or beside it")
	}
	if !v.Sure {
		where = "probably " + where
	}
	return where + ": " + strings.Join(v.Why, "; ")
}

func retryWords(r diagnosis.Retry) string {
	head := map[diagnosis.Safety]string{diagnosis.Safe: "safe", diagnosis.Idempotent: "safe by its method alone", diagnosis.NotSafe: "not safe",
		diagnosis.NotNeeded: "not needed"}[r.Safety]
	return head + ": " + r.Why
}

// newPlain is a style for text that is cleaned later.
func newPlain() *style { return newStyle(io.Discard, Options{}) }
