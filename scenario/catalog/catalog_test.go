package catalog

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
	"github.com/rstwatch/rstwatch/scenario/sandbox/sandboxtest"
)

// spin is set in the environment of the processes that keep the cores busy.
const spin = "RSTWATCH_TEST_SPIN"

func TestMain(m *testing.M) {
	if os.Getenv(spin) != "" {
		go func() { // the test's end closes the pipe, whichever way it ends
			os.Stdin.Read(make([]byte, 1))
			os.Exit(0)
		}()
		for n := uint64(0); ; n++ { // busy
		}
	}
	if lab.Hook() {
		return
	}
	os.Exit(sandboxtest.Main(m))
}

// needLab skips a story that changes the network where no private one is to be
// had.
func needLab(t *testing.T, sc *scenario.Scenario) {
	t.Helper()
	if missing := sandboxtest.Missing(); sc.Lab && missing != "" {
		t.Skip("needs " + missing)
	}
}

// busy keeps every core busy, with one process each, until the test ends.
func busy(t *testing.T) {
	t.Helper()
	for range runtime.NumCPU() {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), spin+"=1")
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			stdin.Close()
			if err := cmd.Wait(); err != nil {
				t.Errorf("busy process: %v", err)
			}
		})
	}
}

// TestStoriesEndAsExpected plays every story over both families, again and
// again, with no core to spare: its result must not depend on who is quick.
func TestStoriesEndAsExpected(t *testing.T) {
	repeats := 25
	if testing.Short() {
		repeats = 10
	} else {
		busy(t)
	}
	t.Run("slow", func(t *testing.T) {
		sideBySide(t, func(sc *scenario.Scenario) { playSlow(t, sc, times(sc, repeats)) })
	})
	for _, sc := range All() {
		if sc.Slow {
			continue
		}
		for _, family := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
			t.Run(sc.Name+"/"+string(family), func(t *testing.T) {
				if !sc.Lab { // what is done to the network is done to all who are in it
					t.Parallel()
				}
				needLoopback(t, family)
				needLab(t, sc)
				for range times(sc, repeats) {
					events, err := scenario.Perform(t.Context(), sc, scenario.StageOptions{Family: family})
					if err != nil {
						t.Fatal(err)
					}
					if diff := sc.Differs(runtime.GOOS, events); diff != "" {
						t.Fatal(diff)
					}
				}
			})
		}
	}
}

// sideBySide calls f for every story that waits for a timer, all at once, but for
// those that have to be alone: none needs a core of its own. A story is not played
// beside itself, for it may lose what another sends to the same port.
func sideBySide(t *testing.T, f func(*scenario.Scenario)) {
	t.Helper()
	var all sync.WaitGroup
	var alone []*scenario.Scenario
	for _, sc := range All() {
		switch {
		case !sc.Slow || sc.Lab && sandboxtest.Missing() != "":
		case sc.Alone:
			alone = append(alone, sc)
		default:
			all.Go(func() { f(sc) })
		}
	}
	all.Wait()
	for _, sc := range alone {
		f(sc)
	}
}

// playSlow plays a story so many times over both families.
func playSlow(t *testing.T, sc *scenario.Scenario, times int) {
	for _, family := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		for range times {
			events, err := scenario.Perform(t.Context(), sc, scenario.StageOptions{Family: family})
			if err != nil {
				t.Errorf("%s over %s: %v", sc.Name, family, err)
			} else if diff := sc.Differs(runtime.GOOS, events); diff != "" {
				t.Errorf("%s over %s: %s", sc.Name, family, diff)
			}
		}
	}
}

// times is how often a story is played: less often where it can not be played
// beside others, and hardly ever where it waits for a timer.
func times(sc *scenario.Scenario, repeats int) int {
	switch {
	case sc.Slow:
		return max(1, repeats/100)
	case sc.Lab:
		return max(2, repeats/10)
	}
	return repeats
}

func needLoopback(t *testing.T, f scenario.Family) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(f.Loopback().String(), "0"))
	if err != nil {
		t.Skipf("no %s loopback here: %v", f, err)
	}
	l.Close()
}

// TestStoriesCloseTheirSockets: a good program closes each connection once, and
// so does a story; what the stage closes in the end is its listener, where the
// story itself has not. A process that is killed closes too, and a host that
// vanishes has nothing left to close.
func TestStoriesCloseTheirSockets(t *testing.T) {
	sideBySide(t, func(sc *scenario.Scenario) { checkCloses(t, sc) })
	for _, sc := range All() {
		if !sc.Slow && (!sc.Lab || sandboxtest.Missing() == "") {
			checkCloses(t, sc)
		}
	}
}

func checkCloses(t *testing.T, sc *scenario.Scenario) {
	events, err := scenario.Perform(t.Context(), sc, scenario.StageOptions{})
	if err != nil {
		t.Errorf("%s: %v", sc.Name, err)
		return
	}
	closes := make(map[int]int)
	open := make(map[int]bool)
	for _, e := range events {
		switch e.Op {
		case scenario.OpDial, scenario.OpAccept, scenario.OpListen, scenario.OpBind:
			open[e.Conn] = e.Fault == ""
		case scenario.OpClose, scenario.OpKill, scenario.OpVanish:
			closes[e.Conn]++
			open[e.Conn] = false
		}
	}
	for conn, still := range open {
		if still || closes[conn] > 1 {
			t.Errorf("%s: socket %d was closed %d times", sc.Name, conn, closes[conn])
		}
	}
	if last := events[len(events)-1]; last.Op != scenario.OpClose {
		t.Errorf("%s ends with %s %s, not with a close", sc.Name, last.Role, last.Op)
	}
}

// TestStoriesAreTold checks what a person is shown.
func TestStoriesAreTold(t *testing.T) {
	for _, sc := range All() {
		if found, ok := Find(sc.Name); !ok || found.Summary != sc.Summary {
			t.Errorf("Find(%q) = %v, %v", sc.Name, found, ok)
		}
		lines := strings.Split(sc.Story, "\n")
		if len(lines) < 3 || len(lines) > 6 {
			t.Errorf("%s: the story has %d lines", sc.Name, len(lines))
		}
		for _, l := range append(lines, sc.Summary) {
			if l == "" || len(l) > 80 || l != strings.TrimSpace(l) {
				t.Errorf("%s: not a plain line of at most 80: %q", sc.Name, l)
			}
		}
		if strings.ContainsAny(sc.Summary, "\n.") {
			t.Errorf("%s: the summary is not one clause: %q", sc.Name, sc.Summary)
		}
		for _, model := range []string{"linux", "darwin"} {
			if len(sc.Expect[model]) == 0 && (model == "linux" || !sc.Lab) {
				t.Errorf("%s expects nothing on %s", sc.Name, model)
			}
		}
		checkLabels(t, sc)
	}
	if _, ok := Find("no-such-story"); ok {
		t.Error("Find found a story that does not exist")
	}
}

// checkLabels: tags are single words, and what explains a story can be looked up.
func checkLabels(t *testing.T, sc *scenario.Scenario) {
	t.Helper()
	seen := make(map[string]bool)
	for _, tag := range sc.Tags {
		if seen[tag] || !word.MatchString(tag) {
			t.Errorf("%s: %q is no tag, or there twice", sc.Name, tag)
		}
		seen[tag] = true
	}
	rfc, function := false, false
	for _, ref := range sc.Refs {
		rfc = rfc || section.MatchString(ref)
		function = function || symbol.MatchString(ref)
		if !section.MatchString(ref) && !symbol.MatchString(ref) && !thread.MatchString(ref) {
			t.Errorf("%s: %q is no section of an RFC, no function of a kernel and no issue", sc.Name, ref)
		}
	}
	if len(seen) == 0 || !rfc || !function {
		t.Errorf("%s: tags %q, references %q", sc.Name, sc.Tags, sc.Refs)
	}
}

var (
	word    = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)
	section = regexp.MustCompile(`^RFC [0-9]+ §[0-9]+(\.[0-9]+)*$`)
	thread  = regexp.MustCompile(`^https://github\.com/[^/ ]+/[^/ ]+/(issues|pull)/[0-9]+$`)
	symbol  = regexp.MustCompile(`^[A-Za-z_.0-9]+ \((Linux|XNU|Go, [a-z/]+)\)$`)
)

// TestClassicsComeFirst: the overview and the list begin in the same way.
func TestClassicsComeFirst(t *testing.T) {
	all := All()
	names := make(map[string]bool)
	for i, sc := range Classics() {
		if all[i].Name != sc.Name {
			t.Errorf("story %d is %s, of the classics %s", i+1, all[i].Name, sc.Name)
		}
	}
	for _, sc := range all {
		if names[sc.Name] {
			t.Errorf("there are two stories called %s", sc.Name)
		}
		names[sc.Name] = true
	}
}

// TestChapters: every file of the catalogue that tells a story is in one
// chapter and no other, and a chapter's title fits a line.
func TestChapters(t *testing.T) {
	in := make(map[string]string)
	for _, c := range Chapters() {
		if c.Title == "" || len(c.Title) > 60 || strings.TrimSpace(c.Title) != c.Title {
			t.Errorf("no title of a chapter: %q", c.Title)
		}
		for _, sc := range c.Stories {
			if other, twice := in[sc.Name]; twice {
				t.Errorf("%s is in %q and in %q", sc.Name, other, c.Title)
			}
			in[sc.Name] = c.Title
		}
	}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range named.FindAllStringSubmatch(string(source), -1) {
			if in[name[1]] == "" && !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s tells %s, which is in no chapter", file, name[1])
			}
		}
	}
}

// named is the line of a story's source that names it.
var named = regexp.MustCompile(`(?m)^\t\tName: +"([a-z0-9-]+)",$`)
