package worksheet

import (
	"fmt"
	"io"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
)

// sheetHead begins the questions.
func sheetHead(w io.Writer, list []*exercise) {
	traces := "is one trace"
	if n := len(list); n > 1 {
		traces = fmt.Sprintf("are %d traces", n)
	}
	fmt.Fprintf(w, `# What happened to these connections?

There %s, to be opened with Wireshark, tshark or tcpdump. Each shows what went over the wire while two programs talked; below
it stand the calls that the programs made, in the order in which they were begun, without what they returned. Times are in
milliseconds from the first packet on. What packets carried has been replaced by zeros.

A packet may have been sent by a third party that only claims to be one of the two, and a packet that was captured need not have
arrived.
`, traces)
}

// sheet writes the questions about one run.
func (x *exercise) sheet(w io.Writer) {
	r := x.blind
	fmt.Fprintf(w, "\n## Trace %d\n\n`%s.pcap`: %s\n\n", x.number, x.name, x.circumstances())
	fmt.Fprintln(w, "| call | ms | who | what it does | what it returned |\n|--:|--:|---|---|---|")
	from := epoch(r)
	for i, ev := range asked(r) {
		blank := ""
		if happening(ev.Op) {
			blank = "—"
		}
		does := doing(r, ev)
		if !ev.Deadline.IsZero() {
			does += fmt.Sprintf(", until %s ms at the latest", since(from, ev.Deadline))
		}
		fmt.Fprintf(w, "| %d | %s | %s | %s | %s |\n", i+1, since(from, ev.Start), escaped(string(ev.Role)), does, blank)
	}
	fmt.Fprintf(w, `
1. What did each call return: how many bytes, success, the end of the stream, or which error? Fill in the last column.
2. For each call that got an error or the end of the stream: which packet is the cause? There may be none.
3. What made that packet's sender send it: which call, or which packet of the other side? Why did it not send something else?
%s5. What would the next read and the next write return, after each of the calls of question 2, on the same socket?
6. The same calls and the same packets on %s: which calls would return something else, and what?
7. How does a Go program recognise each of these errors?
`, x.stateQuestion(), other(x.run).Name())
}

// circumstances says what there is to know of a trace before it is opened.
func (x *exercise) circumstances() string {
	r := x.blind
	n := len(r.Evidence.Segments)
	parts := []string{fmt.Sprintf("%d packets", n)}
	switch n {
	case 0:
		parts[0] = "no packet was captured"
	case 1:
		parts[0] = "1 packet"
	}
	parts = append(parts, "on "+analysis.Platform{OS: r.Evidence.Model.Name}.Name())
	text := strings.Join(append(parts, ends(r)...), "; ") + "."
	if origin := r.Origin(); origin != "" {
		text += " It was " + escaped(origin) + "."
	}
	return text
}

// other is the platform that question 6 asks about.
func other(r *analysis.Run) analysis.Platform {
	return analysis.Platform{OS: otherModel(r).Name}
}

func otherModel(r *analysis.Run) *analysis.Model {
	if r.Evidence.Model.Name == analysis.Linux().Name {
		return analysis.Darwin()
	}
	return analysis.Linux()
}
