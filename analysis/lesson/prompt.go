package lesson

import (
	"fmt"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// next says what waits to be let go, and what is under way.
func (l *Lesson) next(p paints) []string {
	lines := []string{"", ""}
	lines[1] = fit(l.waits(), l.width)
	switch {
	case l.over:
		lines = l.ending(p)
	case len(l.held) == 0:
		lines[0] = p.dim.Render("… the story goes on")
	default:
		at := 0
		for i, h := range l.held {
			if h.id == l.picked {
				at = i
			}
		}
		what, others := "▶ "+l.call(&l.held[at].call), ""
		if n := len(l.held); n > 1 {
			other := &l.held[(at+1)%n].call
			others = fmt.Sprintf("%d of %d that wait; tab: %s %s", at+1, n, clean(string(other.Role)), clean(string(other.Op)))
		}
		line := apart(what, others, l.width)
		end := min(len(what), len(line)-len(strings.TrimPrefix(line, what)))
		lines[0] = p.mark.Render(line[:end]) + p.dim.Render(line[end:])
	}
	if l.back() {
		lines[1] = p.mark.Render(fit("looking back: → goes on to the next step, end to the newest", l.width))
	}
	return lines
}

// ending says how the run ended.
func (l *Lesson) ending(p paints) []string {
	r := l.now.Run
	why := ""
	switch {
	case r.Trouble != "":
		why = r.Trouble
	case r.Differs != "":
		why = r.Differs
	}
	return []string{p.mark.Render(fit("the lesson is over: "+r.Result(), l.width)), fit(clean(why), l.width)}
}

// waits says what is under way, and what the story has done besides calls.
func (l *Lesson) waits() string {
	var parts []string
	for i := range l.now.Run.Evidence.Events {
		ev := &l.now.Run.Evidence.Events[i]
		if !ev.End.IsZero() || l.over {
			continue
		}
		t := l.call(ev)
		if took := l.now.Time.Sub(ev.Start); !l.now.Time.IsZero() && took >= time.Second {
			t += fmt.Sprintf(" for %d s", int(took.Seconds()))
		}
		parts = append(parts, t)
	}
	t := ""
	if len(parts) > 0 {
		t = "under way: " + strings.Join(parts, "; ")
	}
	story := ""
	if l.now.Story != "" && !l.over {
		story = "the story: " + clean(l.now.Story)
	}
	for _, more := range []string{story, clean(l.now.Trouble)} {
		if more != "" && t != "" {
			t += " · "
		}
		t += more
	}
	return t
}

// call says which call.
func (l *Lesson) call(ev *scenario.Event) string {
	t := clean(string(ev.Role)) + " " + clean(scene.Doing(ev))
	switch {
	case ev.Op == scenario.OpRead:
		t += ", " + scene.Octets(ev.Asked) + " at most"
	case ev.Op == scenario.OpDial && ev.Remote.IsValid() && ev.End.IsZero():
		t += " " + ev.Remote.String()
	case ev.Op.Library():
		t += " (a library's call)"
	case ev.Op == scenario.OpPoll:
		t = clean(string(ev.Role)) + " waits on its socket"
	case ev.Op == scenario.OpClose && ev.Local.IsValid() && !ev.Remote.IsValid():
		t += " the listener"
	}
	return t
}
