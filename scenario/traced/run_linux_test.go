//go:build amd64 || arm64

package traced

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
)

// traced runs this test binary as one of the parts.
func traced(t *testing.T, p string) Result {
	t.Helper()
	return command(t, append(os.Environ(), part+"="+p), os.Args[0])
}

func command(t *testing.T, env []string, args ...string) Result {
	t.Helper()
	r, err := Run(Options{Args: args, Env: env})
	if errors.Is(err, ErrRefused) {
		t.Skip("needs the right to trace a child: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	checkOrder(t, r.Events)
	return r
}

// checkOrder holds events against what Result says of them.
func checkOrder(t *testing.T, events []scenario.Event) {
	t.Helper()
	for i, ev := range events {
		if ev.ID != i+1 || ev.Conn == 0 || ev.Role == "" || i > 0 && ev.Start.Before(events[i-1].Start) {
			t.Errorf("event %d: %+v", i, ev)
		}
		if !ev.End.IsZero() && ev.End.Before(ev.Start) {
			t.Errorf("event %d ends before it starts: %+v", i, ev)
		}
	}
}

// short is a call in a few words.
func short(ev scenario.Event) string {
	s := fmt.Sprintf("%s %s", ev.Role, ev.Op)
	switch ev.Op {
	case scenario.OpRead, scenario.OpWrite, scenario.OpPeek:
		s += fmt.Sprintf(" %d of %d", ev.N, ev.Asked)
	case scenario.OpSetLinger:
		s += fmt.Sprintf(" %d", ev.Asked)
	}
	if ev.Fault != "" {
		s += " " + string(ev.Fault)
	}
	return s
}

func inShort(events []scenario.Event) (list []string) {
	for _, ev := range events {
		list = append(list, short(ev))
	}
	return list
}

func check(t *testing.T, r Result, want ...string) {
	t.Helper()
	if got := inShort(r.Events); r.Code != 0 || !slices.Equal(got, want) {
		t.Errorf("exit code %d\n%s\nwant\n%s", r.Code, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestCode(t *testing.T) {
	if r := traced(t, "exit"); r.Code != 7 || len(r.Events) != 0 {
		t.Errorf("%+v", r)
	}
	if r := traced(t, "die"); r.Code != 128+9 {
		t.Errorf("%+v", r)
	}
}

func TestNotRun(t *testing.T) {
	text := t.TempDir() + "/text"
	if err := os.WriteFile(text, []byte("no program\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(Options{Args: []string{text}}); !errors.Is(err, ErrStart) || !errors.Is(err, unix.ENOEXEC) {
		t.Errorf("a text: %v", err)
	}
	if _, err := Run(Options{Args: []string{"no-such-command"}}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("no command: %v", err)
	}
}

// TestNested: who may not trace says so, and leaves no process behind.
func TestNested(t *testing.T) {
	if r := traced(t, "nested"); r.Code != 0 {
		t.Errorf("exit code %d", r.Code)
	}
}

// TestUring: nothing is hidden in a queue.
func TestUring(t *testing.T) {
	if r := traced(t, "uring"); r.Code != 0 {
		t.Errorf("exit code %d", r.Code)
	}
}

func TestProbe(t *testing.T) {
	if err := Probe(); errors.Is(err, ErrRefused) {
		t.Skip(err)
	} else if err != nil {
		t.Error(err)
	}
	if r := traced(t, "refuses"); r.Code != 0 {
		t.Errorf("exit code %d", r.Code)
	}
}

func TestReset(t *testing.T) {
	r := traced(t, "reset")
	check(t, r, "server listen", "client dial", "server accept", "server close",
		"client write 2 of 2", "server read 1 of 1", "server close", "client read 0 of 16 ECONNRESET", "client close")
	for _, ev := range r.Events[1:] {
		if ev.Remote.IsValid() && ev.Local.Compare(r.Events[1].Local) != 0 && ev.Local != r.Events[1].Remote {
			t.Errorf("addresses of %+v are not those of the dial %+v", ev, r.Events[1])
		}
	}
}

func TestRefused(t *testing.T) {
	r := traced(t, "refused")
	check(t, r, "server listen", "server close", "client dial ECONNREFUSED")
	if dial, listen := r.Events[2], r.Events[0]; dial.Remote != listen.Local || !dial.Local.IsValid() {
		t.Errorf("%+v after %+v", dial, listen)
	}
}

func TestCancel(t *testing.T) {
	r := traced(t, "cancel")
	if got := inShort(r.Events); r.Code != 0 || len(got) < 3 || got[0] != "server listen" || !slices.Contains(got, "client dial CANCELED") {
		t.Errorf("exit code %d: %q", r.Code, got)
	}
}

// TestLeave: what a program leaves open its kernel closes.
func TestLeave(t *testing.T) {
	r := traced(t, "leave")
	got := inShort(r.Events)
	slices.Sort(got[len(got)-2:])
	if want := []string{"client write 2 of 2", "client close", "server close"}; r.Code != 0 || !slices.Equal(got[len(got)-3:], want) {
		t.Errorf("exit code %d: %q", r.Code, got)
	}
	if last := r.Events[len(r.Events)-1]; last.End.IsZero() {
		t.Errorf("%+v has no end", last)
	}
}

func TestSplice(t *testing.T) {
	r := traced(t, "splice")
	if r.Code != 0 {
		t.Fatalf("exit code %d", r.Code)
	}
	moved := make(map[int]int)
	for _, ev := range r.Events {
		if ev.Op == scenario.OpRead || ev.Op == scenario.OpWrite {
			moved[ev.Conn] += ev.N
		}
	}
	if len(moved) != 4 { // written by in and out, read by middle and end
		t.Errorf("octets by socket: %v\n%s", moved, strings.Join(inShort(r.Events), "\n"))
	}
	for conn, n := range moved {
		if n != 3 {
			t.Errorf("socket %d moved %d octets", conn, n)
		}
	}
}

// TestFile: a write is told for what the kernel has put, and nothing for what it
// would not.
func TestFile(t *testing.T) {
	r := traced(t, "file")
	written, read := 0, 0
	for _, ev := range r.Events {
		switch {
		case ev.Fault != "" && ev.Fault != scenario.EOF:
			t.Errorf("%+v", ev)
		case ev.Op == scenario.OpWrite && (ev.N == 0 || ev.N != ev.Asked):
			t.Errorf("%+v", ev)
		case ev.Op == scenario.OpWrite:
			written += ev.N
		case ev.Op == scenario.OpRead:
			read += ev.N
		}
	}
	if r.Code != 0 || written < 4 || written != read {
		t.Errorf("exit code %d, %d octets written, %d read", r.Code, written, read)
	}
}

// TestMany: nothing is lost where several threads make calls at a time.
func TestMany(t *testing.T) {
	r := traced(t, "many")
	count := make(map[string]int)
	for _, ev := range r.Events {
		count[short(ev)]++
		if ev.End.IsZero() {
			t.Errorf("%+v never returned", ev)
		}
	}
	want := map[string]int{"server listen": 1, "client dial": 1, "server accept": 1, "client write 4 of 4": 1,
		"server read 4 of 4": 1, "server close": 2, "client close": 1}
	for what, n := range want {
		if count[what] != n*conversations {
			t.Errorf("%s: %d times, want %d", what, count[what], n*conversations)
		}
	}
	if r.Code != 0 || len(count) != len(want) {
		t.Errorf("exit code %d, %v", r.Code, count)
	}
}

// TestEnvironment: the program sees nothing of how it was started.
func TestEnvironment(t *testing.T) {
	out := t.TempDir() + "/out"
	command(t, []string{"PATH=" + os.Getenv("PATH"), "A=b"}, "sh", "-c", "env > "+out+"; ls /proc/self/fd >> "+out)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "RSTWATCH") || !strings.Contains(string(text), "A=b\n") {
		t.Errorf("environment %q", text)
	}
}
