package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
)

// needAble skips where nothing can be captured.
func needAble(t *testing.T, name string) (program string) {
	t.Helper()
	program = findProgram(t)
	if !conditionsFor(program)[name]() {
		t.Skipf("needs what scripts call %s", name)
	}
	return program
}

// prompt is the line that says what is next.
func prompt(screen string) string {
	lines := strings.Split(screen, "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "▶ ") || strings.HasPrefix(line, "the lesson is over") {
			return line
		}
	}
	return ""
}

// stops are those of a lesson, as they are named.
var stops = map[string][]string{
	"reset-on-read": {"server listen", "client dial 127.0.0.1:", "server accept", "client write 2 bytes", "server read, 1 byte at most",
		"server close", "client read, 16 bytes at most", "client close", "server close the listener"},
	"broken-pipe": {"server listen", "client dial 127.0.0.1:", "server accept", "client write 1 byte", "server read, 1 byte at most",
		"server close", "client write 1 byte", "client write 1 byte", "client close", "server close the listener"},
}

// TestLesson goes through whole lessons on a terminal of 24 rows and 80 columns:
// the states that are shown are those of the kernel.
func TestLesson(t *testing.T) {
	program := needAble(t, "able")
	for _, name := range []string{"reset-on-read", "broken-pipe"} {
		t.Run(name, func(t *testing.T) {
			w := onTerminal(t, 24, 80, program, "run", name, "--step")
			for i, stop := range stops[name] {
				screen := w.shows(stop, func(screen string) bool {
					return strings.HasPrefix(prompt(screen), "▶ "+stop) && w.agreesWithKernel(screen) && !strings.Contains(screen, "the model: ") &&
						(i == 0 || strings.Contains(screen, fmt.Sprintf("─ call %d ", i+1)))
				})
				w.neat(screen)
				if i > 0 && strings.Contains(screen, "not known") {
					t.Errorf("a state is not known:\n%s", screen)
				}
				w.types(" ")
			}
			w.neat(w.has("the lesson is over: explained"))
			w.has("because")
			w.types("q")
			if code := w.ended(); code != exitOK {
				t.Errorf("it ended with %d", code)
			}
			w.has("errors.Is(err, syscall.E")
		})
	}
}

// neat checks that the screen is full, and has what every screen has.
func (w *terminal) neat(screen string) {
	w.t.Helper()
	lines := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
	if !strings.Contains(lines[len(lines)-1], "? help") {
		w.t.Errorf("the last line is %q\n%s", lines[len(lines)-1], screen)
	}
	for _, line := range lines {
		if lipgloss.Width(line) > w.columns {
			w.t.Errorf("%d columns: %q", lipgloss.Width(line), line)
		}
	}
}

// shownState is a line of the states: whose, at which port, which.
var shownState = regexp.MustCompile(`(?m)^\S+ :(\d+) +(no socket|[A-Z_0-9]+)`)

// kernelStates are Linux's (include/net/tcp_states.h), as /proc/net/tcp has them.
var kernelStates = map[string]string{"01": "ESTABLISHED", "02": "SYN_SENT", "03": "SYN_RECV", "04": "FIN_WAIT1", "05": "FIN_WAIT2",
	"06": "TIME_WAIT", "08": "CLOSE_WAIT", "09": "LAST_ACK", "0A": "LISTEN", "0B": "CLOSING"}

// agreesWithKernel reports whether the states on the screen are those that
// proc_pid_net(5) has for the program at this moment. A socket that is closed is
// not listed there.
func (w *terminal) agreesWithKernel(screen string) bool {
	w.t.Helper()
	shown := shownState.FindAllStringSubmatch(screen, -1)
	pid := w.cmd.Process.Pid
	if all := descendants(pid); len(all) > 0 {
		pid = all[len(all)-1]
	}
	for i, s := range shown {
		remote := "0"
		if len(shown) == 2 {
			remote = shown[1-i][1]
		}
		if kernel := stateInProc(w.t, pid, s[1], remote); kernel != s[2] && (kernel != "" || s[2] != "CLOSED" && s[2] != "no socket") {
			return false
		}
	}
	return true
}

func stateInProc(t *testing.T, pid int, local, remote string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		var a, b, from, to uint64
		if n, _ := fmt.Sscanf(f[1]+" "+f[2], "%x:%x %x:%x", &a, &from, &b, &to); n == 4 && fmt.Sprint(from) == local && fmt.Sprint(to) == remote {
			return kernelStates[f[3]]
		}
	}
	return ""
}

// toTheEnd lets every call go.
func (w *terminal) toTheEnd() string {
	w.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if screen := w.screen(); strings.Contains(screen, "the lesson is over") {
			return screen
		}
		w.types("n")
	}
	w.t.Fatalf("the lesson does not end\n%s", w.screen())
	return ""
}

// TestLessonsOfEveryKind: in a private namespace, slow, with a library, by an
// ordinary user, of a file, over IPv6; and what is asked for beside comes.
func TestLessonsOfEveryKind(t *testing.T) {
	program := needAble(t, "able")
	lesson := filepath.Join(t.TempDir(), "lesson.txt")
	if err := os.WriteFile(lesson, []byte("client dial\nserver accept\nclient write \"ab\"\nserver read 1 = 1\nserver close\nclient read 16 = ECONNRESET\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	recording := filepath.Join(t.TempDir(), "run.pcapng")
	for _, c := range []struct{ name, needs, args string }{
		{"lab", "private", "run forged-reset --step"},
		{"lab and slow", "private", "run user-timeout --step"},
		{"library", "able", "run http-idle-close-race --step"},
		{"proxy", "able", "run copy-other-side --step"},
		{"always", "private", "run reset-on-read --step --sandbox always"},
		{"file", "able", "run " + lesson + " --step"},
		{"IPv6", "able", "run reset-on-read -6 --step --ascii --color never"},
		{"recording", "able", "run reset-on-read --step -w " + recording},
		{"replay", "able", "replay forged-reset --step"},
		{"translated", "able", "replay reset-read-write --model darwin --step"},
		{"ordinary user", "setpriv", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			needAble(t, c.needs)
			var w *terminal
			if c.name == "ordinary user" {
				admitAll(filepath.Dir(program), 0o755)
				w = onTerminal(t, 24, 80, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", program, "run", "reset-on-read", "--step")
			} else {
				w = onTerminal(t, 24, 80, program, strings.Fields(c.args)...)
			}
			w.has("? help")
			w.neat(w.toTheEnd())
			w.types("q")
			if code := w.ended(); code != exitOK {
				t.Errorf("it ended with %d\n%s", code, w.screen())
			}
			if c.name == "IPv6" && strings.ContainsFunc(w.screen(), func(r rune) bool { return r > 126 }) {
				t.Errorf("more than ASCII:\n%s", w.screen())
			}
		})
	}
	if out, err := exec.Command(program, "analyze", recording).CombinedOutput(); err != nil || !strings.Contains(string(out), "client read") {
		t.Errorf("the recording: %v\n%s", err, out)
	}
}

// TestLessonOfTwoAtOnce: where calls of both sides wait, any of them can go on.
func TestLessonOfTwoAtOnce(t *testing.T) {
	program := needAble(t, "able")
	w := onTerminal(t, 24, 80, program, "run", "http-idle-close-race", "--step")
	for _, stop := range []string{"server listen", "client dial", "server accept", "client http-request"} {
		w.shows(stop, func(screen string) bool { return strings.HasPrefix(prompt(screen), "▶ "+stop) })
		w.types("n")
	}
	const all = 3 // the server's read, and what the transport does by itself
	w.has(fmt.Sprintf("1 of %d that wait; tab: ", all))
	for i := range all {
		if strings.HasPrefix(prompt(w.screen()), "▶ server read") {
			break
		}
		w.types("\t")
		w.has(fmt.Sprintf("%d of %d that wait", (i+1)%all+1, all))
	}
	w.types("n")
	w.has("under way: client http-request (a library's call); server read")
	w.has(fmt.Sprintf("of %d that wait", all-1))
	w.toTheEnd()
	w.types("q")
	if code := w.ended(); code != exitOK {
		t.Errorf("it ended with %d", code)
	}
}
