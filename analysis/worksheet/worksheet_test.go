package worksheet_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/analysis/worksheet"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// all are the catalogue's runs.
func all(t *testing.T) []*analysis.Run {
	t.Helper()
	runs, err := recorded.Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range runs {
		sc, _ := catalog.Find(r.Scenario)
		r.Story = sc.Story
	}
	return runs
}

// files returns the files of a worksheet by name.
func files(t *testing.T, runs ...*analysis.Run) map[string]string {
	t.Helper()
	list, err := worksheet.Make(runs, "rstwatch test")
	if err != nil {
		t.Fatal(err)
	}
	found := make(map[string]string)
	for _, f := range list {
		if _, twice := found[f.Name]; twice {
			t.Errorf("there are two of %s", f.Name)
		}
		found[f.Name] = string(f.Data)
	}
	return found
}

// telling are words of which any would give an answer away: faults, what Go and
// the systems say of them, reasons, rules, and the names of scenarios. Case does not
// count but in those of one plain word.
func telling() (anyCase, exact []string) {
	exact = []string{string(scenario.EOF), string(scenario.Deadline), string(scenario.Closed), string(scenario.Canceled),
		string(scenario.Other), string(analysis.Blocks)}
	anyCase = []string{string(scenario.UnexpectedEOF), "unexpected EOF", "errors.Is", "use of closed network connection", "i/o timeout",
		"deadline", "context canceled", "rstwatch", "explained", "because", "blocked by policy", "HTTP/1.1", "RFC"}
	for n := syscall.Errno(1); n < 134; n++ {
		if name := unix.ErrnoName(n); name != "" {
			anyCase = append(anyCase, name, n.Error())
		}
	}
	for _, r := range []analysis.Reason{analysis.NoSocket, analysis.TCPFlags, analysis.TimeWaitSocket, analysis.AbortOnData, analysis.AbortOnClose,
		analysis.TCPState, analysis.KeepaliveTimeout, analysis.InvalidSYN, analysis.InvalidAck, analysis.DisconnectWithData} {
		anyCase = append(anyCase, string(r))
	}
	for _, m := range []*analysis.Model{analysis.Linux(), analysis.Darwin()} {
		segments, calls, timers := m.Rules()
		for _, rule := range slices.Concat(segments, calls, timers) {
			if strings.Contains(rule, "-") { // the others are words such as "close" and "data"
				anyCase = append(anyCase, rule)
			}
		}
	}
	for _, sc := range catalog.All() {
		anyCase = append(anyCase, sc.Name, sc.Summary)
	}
	return anyCase, exact
}

// standing returns where in text a word stands for itself, -1 if nowhere.
func standing(text, word string) int {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if !part(before) && !part(after) {
			return i
		}
		from = i + 1
	}
}

// TestBlind: nothing that students get, names of files and octets of packets
// included, holds a fault, a reason, a rule, a verdict or the name of a scenario.
func TestBlind(t *testing.T) {
	anyCase, exact := telling()
	found := files(t, all(t)...)
	var student, teacher strings.Builder
	for name, data := range found {
		if strings.HasPrefix(name, "student/") {
			student.WriteString(name + "\n" + data + "\n")
		} else {
			teacher.WriteString(name + "\n" + data + "\n")
		}
	}
	told := 0
	look := func(read, known string, words []string) {
		for _, w := range words {
			if i := standing(read, w); i >= 0 {
				t.Errorf("students read %q", read[max(0, i-60):min(len(read), i+len(w)+20)])
			}
			if standing(known, w) >= 0 {
				told++
			}
		}
	}
	for i := range anyCase {
		anyCase[i] = strings.ToLower(anyCase[i])
	}
	look(strings.ToLower(student.String()), strings.ToLower(teacher.String()), anyCase)
	look(student.String(), teacher.String(), exact)
	if told < 150 {
		t.Errorf("the teacher reads %d of the %d words: they are not those that would tell", told, len(anyCase)+len(exact))
	}
}

// TestTraces: each trace has the packets of its run, with the same numbers, times
// and headers, and octets of zero for what they carried; the teacher's has all.
func TestTraces(t *testing.T) {
	runs := all(t)
	found := files(t, runs...)
	if want := 2*len(runs) + 2; len(found) != want {
		t.Errorf("%d files, not %d", len(found), want)
	}
	for i, r := range runs {
		name := fmt.Sprintf("trace-%03d", i+1)
		blind, err := recording.Read(strings.NewReader(found["student/"+name+".pcap"]), analysis.Linux())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var segments []capture.Segment
		if len(blind) > 0 {
			segments = blind[0].Evidence.Segments
			if len(blind) > 1 || len(blind[0].Evidence.Events) > 0 || blind[0].Scenario != "" {
				t.Errorf("%s has more than packets", name)
			}
		}
		if len(segments) != len(r.Evidence.Segments) {
			t.Errorf("%s has %d packets of %d", name, len(segments), len(r.Evidence.Segments))
			continue
		}
		for j, s := range segments {
			w := r.Evidence.Segments[j]
			if s.ID != w.ID || !s.Time.Equal(w.Time) || s.Flags != w.Flags || s.Seq != w.Seq || s.Ack != w.Ack || s.Len != w.Len ||
				s.Src.Port() != w.Src.Port() || s.TTL != w.TTL || s.ICMP.Is() != w.ICMP.Is() {
				t.Errorf("%s, packet %d: %+v, not %+v", name, j+1, s, w)
			}
			head := min(s.Frame.Wire-s.Len, len(s.Frame.Data)) // frames are cut to what was captured
			if carried := s.Frame.Data[head:]; len(bytes.Trim(carried, "\x00")) > 0 && !s.ICMP.Is() {
				t.Errorf("%s, packet %d carries %q", name, j+1, carried)
			}
		}
		whole, err := recording.Read(strings.NewReader(found["teacher/"+name+".pcapng"]), analysis.Linux())
		if err != nil || len(whole) != 1 || whole[0].Scenario != r.Scenario || len(whole[0].Verdicts) != len(r.Verdicts) {
			t.Errorf("%s: the teacher's recording reads %v, %v", name, whole, err)
		}
	}
}

// TestAnswers: each exercise asks for the calls of its run, and the key says what
// each returned and which packet it was.
func TestAnswers(t *testing.T) {
	runs := all(t)
	found := files(t, runs...)
	sheets := strings.Split(found["student/questions.md"], "\n## ")[1:]
	keys := strings.Split(found["teacher/key.md"], "\n## ")[1:]
	if len(sheets) != len(runs) || len(keys) != len(runs) {
		t.Fatalf("%d exercises and %d answers for %d runs", len(sheets), len(keys), len(runs))
	}
	row := regexp.MustCompile(`(?m)^\| \d+ \|.*$`)
	for i, r := range runs {
		if want := fmt.Sprintf("Trace %d\n", i+1); !strings.HasPrefix(sheets[i], want) {
			t.Errorf("exercise %d begins %.40q", i+1, sheets[i])
		}
		asked, answers := row.FindAllString(sheets[i], -1), row.FindAllString(keys[i], -1)
		calls := slices.DeleteFunc(slices.Clone(r.Evidence.Events), func(ev scenario.Event) bool { return ev.Op == scenario.OpPoll })
		if len(asked) != len(calls) || len(answers) != len(calls) {
			t.Errorf("%s: %d calls are asked for and %d answered, of %d", r.Scenario, len(asked), len(answers), len(calls))
			continue
		}
		for j := range calls {
			cells, answer := strings.Split(asked[j], " | "), strings.Split(answers[j], " | ")
			if cells[2] != string(calls[j].Role) && calls[j].Role != "proxy" || answer[1] != string(calls[j].Role) {
				t.Errorf("%s: call %d is asked for as %q", r.Scenario, j+1, asked[j])
			}
			if blank := strings.TrimSuffix(cells[4], " |"); strings.TrimSpace(blank) != "" && blank != "—" {
				t.Errorf("%s: the sheet answers call %d: %q", r.Scenario, j+1, asked[j])
			}
			v := r.Verdict(calls[j].ID)
			if v == nil {
				continue
			}
			want := fmt.Sprintf("%s | %d, ", v.Fault, v.Cause.Segment)
			if v.Cause.Segment == 0 && calls[j].Op.Library() {
				want = string(v.Fault) + " | "
			} else if v.Cause.Segment == 0 {
				want = string(v.Fault) + " | none |"
			}
			if !strings.Contains(answers[j], want) {
				t.Errorf("%s: call %d is answered with %q, not with %q", r.Scenario, j+1, answers[j], want)
			}
		}
		for _, reason := range r.Verdicts {
			for _, word := range reason.Inferred {
				if !strings.Contains(keys[i], "`"+string(word)+"`") {
					t.Errorf("%s: the key does not say %s", r.Scenario, word)
				}
			}
		}
	}
}

// TestStates: the question for states is put of the same packets whatever
// happened, and answered.
func TestStates(t *testing.T) {
	runs := all(t)
	at := slices.IndexFunc(runs, func(r *analysis.Run) bool { return r.Scenario == "reset-on-read" })
	key := files(t, runs[at])["teacher/key.md"]
	for _, want := range []string{
		"\n- after packet 3: client ESTABLISHED; server ESTABLISHED\n",
		"\n- after packet 6: client CLOSED, ECONNRESET pending, ",
		"; server CLOSED, ",
		"\nOn macOS, by its source: the same.\n",
	} {
		if !strings.Contains(key, want) {
			t.Errorf("the key does not say %q:\n%s", want, key)
		}
	}
	at = slices.IndexFunc(runs, func(r *analysis.Run) bool { return r.Scenario == "reset-on-write" })
	if key := files(t, runs[at])["teacher/key.md"]; !strings.Contains(key, "writes 1 byte: EPIPE instead of ECONNRESET (") {
		t.Errorf("of macOS the key does not say that the write gives EPIPE:\n%s", key)
	}
}

// TestLeftOut: what was not explained is no exercise; the key says so, and students
// do not hear of it.
func TestLeftOut(t *testing.T) {
	runs := all(t)
	broken := runs[1]
	broken.Trouble = "it was interrupted"
	found := files(t, runs[0], broken, runs[2])
	if len(found) != 6 {
		t.Errorf("%d files", len(found))
	}
	if !strings.Contains(found["teacher/key.md"], "\nLeft out: "+broken.Scenario+" over "+string(broken.Family)+", which was interrupted.\n") {
		t.Error("the key does not name what was left out")
	}
	if strings.Contains(found["student/questions.md"], "eft out") || strings.Contains(found["student/questions.md"], "Trace 3") {
		t.Error("students hear of what was left out")
	}
	if list, err := worksheet.Make([]*analysis.Run{broken}, ""); list != nil || err != nil {
		t.Errorf("of no exercise there are %d files, %v", len(list), err)
	}
}

// TestTheSame: the same runs make the same octets.
func TestTheSame(t *testing.T) {
	first, again := files(t, all(t)[:6]...), files(t, all(t)[:6]...)
	for name, data := range first {
		if again[name] != data {
			t.Errorf("%s differs", name)
		}
	}
}

// TestUntrusted: whatever a program or a peer calls itself and says is text in the
// key, and is not in what students get.
func TestUntrusted(t *testing.T) {
	diagram := regexp.MustCompile("(?s)\n```mermaid\nsequenceDiagram\n.*?\n```\n")
	link := regexp.MustCompile(`(?i)://|www\.`)
	innocent := all(t)[0]
	for _, text := range []string{
		"</script><img src=x onerror=alert(1)>", "![x](http://e.example/x)", "[a](javascript:alert(1))", "`code`", "a|b", "**b** _i_ ~~s~~",
		"# heading", "- item", "+ item", "1. item", "2) item", "=====", "--- ", "<!-- ", "&lt;b&gt;", "two\n\n# lines\n| a |", "\x1b[31mred\x1b]0;t\a",
		"\u202egnp.exe", "\u2066x\u2069", "nul\x00nul", "\xff\xfe", "\u200b\ufe0f", "www.example.org", "    indented", "\\*", "_x_",
	} {
		r := new(analysis.Run)
		*r = *innocent
		r.Evidence.Events = slices.Clone(r.Evidence.Events)
		r.Scenario, r.Summary, r.Story, r.Capture.Interface, r.Platform.Release, r.Family = text, text, text, text, text, scenario.Family(text)
		for i := range r.Evidence.Events {
			ev := &r.Evidence.Events[i]
			ev.Role = scenario.Role(text + string(ev.Role))
			if ev.Fault != "" {
				ev.Err, ev.Fault = text, scenario.Fault(text)
			}
		}
		r.Evidence.Events[3].Op = scenario.Op(text)
		r.Explanation = analysis.Explain(r.Evidence)
		r.Outcome = analysis.Explained
		found := files(t, r)
		for name, data := range found {
			student := strings.HasPrefix(name, "student/")
			if student && strings.Contains(data, text) {
				t.Errorf("%q is in %s", text, name)
			}
			if !strings.HasSuffix(name, ".md") {
				continue
			}
			// What stands in a diagram means itself, as package mermaid tests; nothing
			// but the end of it ends it.
			data = diagram.ReplaceAllString(data, "\n")
			found[name] = data
			for line := range strings.Lines(data) {
				line = strings.TrimSuffix(line, "\n")
				if i := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsPrint(r) || r == '<' || r == '>' }); i >= 0 {
					t.Errorf("%q: %s has %q", text, name, line)
				}
				if link.MatchString(line) || strings.Contains(line, "](") || strings.Contains(line, "~~") || strings.Contains(line, "```") {
					t.Errorf("%q: %s has %q", text, name, line)
				}
				if strings.HasPrefix(line, "# ") && line != "# Key" && line != "# What happened to these connections?" ||
					strings.HasPrefix(line, "- item") || strings.HasPrefix(line, "+ item") || strings.HasPrefix(line, "1. item") ||
					strings.HasPrefix(line, "2) ") || strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
					t.Errorf("%q: a line of %s begins a block: %q", text, name, line)
				}
			}
		}
		// A table's row has as many cells as its head.
		for _, name := range []string{"teacher/key.md", "student/questions.md"} {
			for line := range strings.Lines(found[name]) {
				if strings.HasPrefix(line, "| ") && strings.Count(line, "|") != 6 {
					t.Errorf("%q: a row of %s is %q", text, name, line)
				}
			}
		}
	}
}
