package worksheet_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/worksheet"
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

// TestStatesAsked: the key answers for the packets that are asked about, and none
// is asked about two that have not met yet: in every run each has a socket.
func TestStatesAsked(t *testing.T) {
	found := files(t, all(t)...)
	packets := func(name, pattern string) (list []string) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(found[name], -1) {
			list = append(list, m[1])
		}
		return list
	}
	asked, told := packets("student/questions.md", `(?m)^   - packet (\d+)`), packets("teacher/key.md", `(?m)^- after packet (\d+)`)
	if len(asked) == 0 || !slices.Equal(asked, told) {
		t.Errorf("%d are asked about, %d told of", len(asked), len(told))
	}
	if none := packets("teacher/key.md", `(?m)^(- after packet .*has no socket.*)$`); none != nil {
		t.Errorf("%q", none)
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
