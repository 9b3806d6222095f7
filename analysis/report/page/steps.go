package page

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/report/svg"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// moment is a step of one of a scene's ladders.
type moment struct {
	ladder, place int // which ladder, and which of its steps
	*scene.Step
}

// merged puts the steps that are drawn, of all ladders, into one order, that of
// time; those of one ladder keep theirs.
func merged(s *scene.Scene) (all []moment) {
	rest := make([][]moment, len(s.Ladders))
	for i := range s.Ladders {
		rest[i] = drawn(s, i)
	}
	for {
		first := -1
		for i, list := range rest {
			if len(list) > 0 && (first < 0 || before(list[0].At, rest[first][0].At)) {
				first = i
			}
		}
		if first < 0 {
			return all
		}
		all = append(all, rest[first][0])
		rest[first] = rest[first][1:]
	}
}

// drawn are the steps of a ladder that its drawing has: of a long one not all.
func drawn(s *scene.Scene, ladder int) (list []moment) {
	for _, stretch := range s.Fold(ladder, svg.MostSteps) {
		for i := stretch.From; i < stretch.To && !stretch.LeftOut; i++ {
			list = append(list, moment{ladder, i, &s.Ladders[ladder].Steps[i]})
		}
	}
	return list
}

// before reports whether a comes before b; what never came comes last.
func before(a, b time.Time) bool { return !a.IsZero() && (b.IsZero() || a.Before(b)) }

// itemName names what a step shows, as the drawing does.
func itemName(i scene.Item) string {
	if i.Segment != 0 {
		return fmt.Sprintf("s%d", i.Segment)
	}
	return fmt.Sprintf("e%d", i.Event)
}

// inWords says each step in a sentence.
func inWords(s *scene.Scene, order []moment) (lines []step) {
	for i, m := range order {
		line := step{Item: itemName(m.Item()), Position: i + 1, At: clock(s, m.At)}
		if m.Segment != nil {
			line.Says = segmentWords(s, m)
			line.Does = capital(s.Run.Notes[m.Segment.ID].Effect)
		} else {
			line.Says = callWords(s, m.Step)
		}
		line.Says, line.Does = report.Clean(line.Says), report.Clean(line.Does)
		lines = append(lines, line)
	}
	return lines
}

// clock is a time of a run in milliseconds, "" for never.
func clock(s *scene.Scene, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%.3f ms", t.Sub(s.Start).Seconds()*1000)
}

// capital makes a sentence of a clause.
func capital(t string) string {
	if t == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(t)
	return string(unicode.ToUpper(r)) + strings.TrimSuffix(t[n:], ".") + "."
}

// segmentWords says who sends a segment, and why.
func segmentWords(s *scene.Scene, m moment) string {
	seg, note := m.Segment, s.Run.Notes[m.Segment.ID]
	if seg.ICMP.Is() {
		return fmt.Sprintf("%s comes from %s: it quotes a segment of the %s.", segmentName(m.Step), seg.ICMP.From, s.Ladders[m.ladder].Names[1-m.Edge])
	}
	t := fmt.Sprintf("The %s’s kernel sends %s", s.Ladders[m.ladder].Names[m.Edge], segmentName(m.Step))
	if note.Strange {
		t = fmt.Sprintf("In the name of the %s comes %s", s.Ladders[m.ladder].Names[m.Edge], segmentName(m.Step))
	}
	if seg.Len > 0 {
		t += ", with " + scene.Octets(seg.Len)
	}
	if ev := s.Run.Event(note.From.Event); ev != nil {
		return t + fmt.Sprintf(", set off by the %s’s %s.", ev.Role, ev.Op)
	}
	if o := s.Run.Occasion(seg); o != "" {
		t += ", " + o
	}
	return t + "."
}

// segmentName calls a segment what the drawing calls it: "#6 RST,ACK".
func segmentName(st *scene.Step) string {
	if st.Segment.ICMP.Is() {
		return fmt.Sprintf("#%d %s", st.Segment.ID, st.Segment.ICMP)
	}
	return fmt.Sprintf("#%d %s", st.Segment.ID, st.Segment.Flags)
}

// callWords says what a call does at one of its moments.
func callWords(s *scene.Scene, st *scene.Step) string {
	ev, who := st.Call, "The "+string(st.Call.Role)
	switch {
	case st.Kind == scene.Begins && st.Brief:
		return fmt.Sprintf("%s calls %s.", who, scene.Doing(ev))
	case st.Kind == scene.Begins:
		return fmt.Sprintf("%s calls %s, which does not return at once.", who, scene.Doing(ev))
	case ev.End.IsZero():
		return fmt.Sprintf("%s’s %s never returns.", who, ev.Op)
	case ev.Fault == scenario.EOF:
		return fmt.Sprintf("%s’s %s returns EOF: the end of the stream.", who, ev.Op)
	case ev.Fault != "":
		return who + "’s " + failure(ev)
	}
	return who + " " + success(s, ev)
}

// failure says how a call failed.
func failure(ev *scenario.Event) string {
	t := string(ev.Op)
	if ev.N > 0 {
		t += " gets through " + scene.Octets(ev.N) + ", then"
	}
	t += " fails with " + string(ev.Fault)
	if ev.Fault == scenario.Other {
		return t + ", an error without a number: " + ev.Err
	}
	if m := scene.Meaning(ev.Fault); m != "" {
		t += ": " + m
	}
	return t + "."
}

// success says what a call did.
func success(s *scene.Scene, ev *scenario.Event) string {
	switch ev.Op {
	case scenario.OpDial:
		return "is connected: its dial returns."
	case scenario.OpAccept:
		return "accepts the connection."
	case scenario.OpRead:
		return fmt.Sprintf("reads %s.", scene.Octets(ev.N))
	case scenario.OpWrite:
		return fmt.Sprintf("writes %s.", scene.Octets(ev.N))
	case scenario.OpClose:
		if c, ok := s.Run.Call(ev.ID); ok && c.Lost > 0 {
			return fmt.Sprintf("closes, with %s unread.", scene.Octets(c.Lost))
		}
		return "closes."
	case scenario.OpCloseWrite:
		return "shuts down its sending side (close-write)."
	case scenario.OpCloseRead:
		return "shuts down its receiving side (close-read)."
	case scenario.OpSetLinger:
		if ev.Asked == 0 {
			return "sets SO_LINGER to 0 seconds: a close will abort."
		}
	case scenario.OpListen:
		return "listens."
	case scenario.OpPoll:
		return "waits: poll " + scene.Outcome(ev) + "."
	case scenario.OpKill:
		return "is killed."
	case scenario.OpVanish:
		return "loses its host: the connection is forgotten, and nobody is told."
	case scenario.OpGone:
		return "has no socket left for this connection."
	}
	return strings.TrimSuffix("calls "+scene.Doing(ev)+": success "+scene.Outcome(ev), " ") + "."
}
