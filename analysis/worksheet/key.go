package worksheet

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/report/mermaid"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/scenario"
)

// keyHead begins the key; left are the runs that are no exercises.
func keyHead(w io.Writer, left []*analysis.Run) {
	fmt.Fprint(w, `# Key

The answers are the model's, which explained every result that is asked for. The recordings beside this file have the calls and comments in
line with the packets; their packets have other numbers in Wireshark, for calls count there too.
`)
	for _, r := range left {
		fmt.Fprintf(w, "\nLeft out: %s over %s, which was %s.\n", escaped(r.Scenario), escaped(string(r.Family)), r.Result())
	}
}

// key writes the answers about one run.
func (x *exercise) key(w io.Writer) error {
	r := x.run
	fmt.Fprintf(w, "\n## Trace %d: %s\n\n%s, over %s. Recording: `%s.pcapng`.\n", x.number, escaped(cmp.Or(r.Scenario, "a run without a name")),
		escaped(capital(cmp.Or(r.Summary, "no summary"))), escaped(string(r.Family)), x.name)
	for _, text := range []string{r.Origin(), r.Story} {
		if text != "" {
			fmt.Fprintf(w, "\n%s\n", escaped(capital(text)))
		}
	}
	fmt.Fprintln(w, "\n| call | who | what it does | what it returned | packet |\n|--:|---|---|---|---|")
	for i, ev := range asked(r) {
		fmt.Fprintf(w, "| %d | %s | %s | %s | %s |\n", i+1, escaped(string(ev.Role)), doing(x.run, ev), escaped(result(ev)), x.packet(ev.ID))
	}
	x.causes(w)
	x.states(w)
	x.elsewhere(w)
	return x.diagram(w)
}

// capital begins a sentence.
func capital(t string) string {
	r, n := utf8.DecodeRuneInString(t)
	if n == 0 || r == utf8.RuneError {
		return t
	}
	return string(unicode.ToUpper(r)) + t[n:]
}

// diagram draws the run, for a viewer of Markdown that knows Mermaid. Nothing in
// it begins a line, so nothing ends the fence.
func (x *exercise) diagram(w io.Writer) error {
	fmt.Fprint(w, "\n```mermaid\n")
	if err := mermaid.Diagram(w, scene.Of(x.run)); err != nil {
		return fmt.Errorf("worksheet: %w", err)
	}
	_, err := fmt.Fprint(w, "```\n")
	return err
}

// packet names the packet that caused what a call returned. A library's call has
// the one of the socket's call that made it fail.
func (x *exercise) packet(event int) string {
	v := x.run.Verdict(event)
	if v == nil {
		return ""
	}
	id := v.Cause.Segment
	if ev := x.run.Event(event); ev != nil && ev.Op.Library() {
		for _, l := range v.Chain {
			id = max(id, l.Segment)
		}
	}
	s := x.run.Segment(id)
	switch {
	case s == nil:
		return "none"
	case s.ICMP.Is():
		return fmt.Sprintf("%d, %s", id, s.ICMP)
	}
	return fmt.Sprintf("%d, %s", id, s.Flags)
}

// causes answers questions 2, 3, 5 and 7.
func (x *exercise) causes(w io.Writer) {
	calls := asked(x.run)
	for i := range x.run.Verdicts {
		v := &x.run.Verdicts[i]
		at := slices.IndexFunc(calls, func(ev *scenario.Event) bool { return ev.ID == v.Event })
		if at < 0 {
			continue
		}
		ev := calls[at]
		fmt.Fprintf(w, "\n**Call %d, %s %s: %s.**", at+1, escaped(string(ev.Role)), doing(x.run, ev), escaped(result(ev)))
		if test := v.Fault.Test(); test != "" && plain(v.Fault) {
			fmt.Fprintf(w, " In Go: `%s`.", test)
		}
		fmt.Fprintln(w)
		fmt.Fprintln(w)
		for _, l := range because(v) {
			fmt.Fprintf(w, "- %s\n", l)
		}
		if len(v.Inferred) > 0 {
			var words []string
			for _, reason := range v.Inferred {
				words = append(words, "`"+string(reason)+"`")
			}
			fmt.Fprintf(w, "- the RST's reason, in the words of Linux: %s\n", strings.Join(words, " or "))
		}
		if ev.Op != scenario.OpDial && !ev.Op.Library() {
			fmt.Fprintf(w, "- next: a read gives %s, a write %s\n", outcome(v.Next.Read), outcome(v.Next.Write))
		}
	}
	if len(x.run.Verdicts) == 0 {
		fmt.Fprintln(w, "\nEvery call succeeded.")
	}
}

// plain reports whether a fault is written as all of them are; what a file calls
// one need not be.
func plain(f scenario.Fault) bool {
	return !strings.ContainsFunc(string(f), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' })
}

// because are the steps from the origin to a call, each with its source.
func because(v *analysis.Verdict) []string {
	var list []string
	for _, l := range v.Chain {
		if l.Because != "" {
			list = append(list, sourced(l.Because, l.Source))
		}
	}
	if list == nil {
		list = append(list, sourced(v.Because, v.Source))
	}
	return list
}

func sourced(text, source string) string {
	text = escaped(text)
	if source != "" {
		text += " (" + escaped(source) + ")"
	}
	return text
}

// outcome names what a call will return.
func outcome(f scenario.Fault) string {
	switch f {
	case "":
		return "success"
	case analysis.Blocks:
		return "nothing yet: it waits"
	}
	return escaped(string(f))
}

// elsewhere answers question 6: the calls whose results differ by the other
// platform's rules.
func (x *exercise) elsewhere(w io.Writer) {
	r := x.run
	there := analysis.Translate(r.Evidence, otherModel(r))
	results := make(map[int]*scenario.Event)
	for i := range there.Events {
		results[there.Events[i].ID] = &there.Events[i]
	}
	var lines []string
	for i, ev := range asked(r) {
		t := results[ev.ID]
		if t == nil || happening(ev.Op) || result(t) == result(ev) {
			continue
		}
		line := fmt.Sprintf("call %d, %s %s: %s instead of %s", i+1, escaped(string(ev.Role)), doing(x.run, ev), escaped(result(t)), escaped(result(ev)))
		if v := r.Verdict(ev.ID); v != nil && v.Elsewhere.Source != "" {
			line += " (" + escaped(v.Elsewhere.Source) + ")"
		}
		lines = append(lines, line)
	}
	if lines == nil {
		fmt.Fprintf(w, "\nOn %s, by its source: the same.\n", other(r).Name())
		return
	}
	fmt.Fprintf(w, "\nOn %s, by its source:\n\n", other(r).Name())
	for _, l := range lines {
		fmt.Fprintf(w, "- %s\n", l)
	}
}
