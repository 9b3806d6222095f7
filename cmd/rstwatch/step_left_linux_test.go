package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestLessonIsLeft: wherever it is left, and however, the terminal is as it was,
// and no process remains.
func TestLessonIsLeft(t *testing.T) {
	program := needAble(t, "able")
	all := stops["reset-on-read"]
	leave := func(t *testing.T, w *terminal, how string) {
		t.Helper()
		var pidfds []int
		for _, pid := range descendants(w.cmd.Process.Pid) {
			fd, err := unix.PidfdOpen(pid, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer unix.Close(fd)
			pidfds = append(pidfds, fd)
		}
		switch how {
		case "q":
			w.types("q")
		case "ctrl-c":
			w.types("\x03")
		default:
			if err := w.cmd.Process.Signal(unix.SignalNum(how)); err != nil {
				t.Fatal(err)
			}
		}
		if code := w.ended(); code != exitInterrupted {
			t.Errorf("it ended with %d\n%s", code, w.screen())
		}
		for _, fd := range pidfds {
			if gone, err := poll(fd); err != nil || !gone {
				t.Errorf("a process lives on: %v", err)
			}
		}
	}
	for at := range len(all) + 1 {
		if testing.Short() && at%4 != 1 {
			continue
		}
		t.Run(fmt.Sprintf("ctrl-c at stop %d", at), func(t *testing.T) {
			w := onTerminal(t, 24, 80, program, "run", "reset-on-read", "--step")
			for _, stop := range all[:at] {
				w.shows(stop, func(screen string) bool { return strings.HasPrefix(prompt(screen), "▶ "+stop) })
				w.types(" ") // no two calls are named alike
			}
			if at == len(all) {
				w.has("the lesson is over")
			} else {
				w.has("▶ " + all[at])
			}
			leave(t, w, "ctrl-c")
		})
	}
	for i, how := range []string{"q", "SIGTERM", "ctrl-c", "SIGHUP", "SIGINT"} {
		if testing.Short() && i > 1 {
			break
		}
		for name, args := range map[string][]string{
			"here":      {"run", "reset-on-read", "--step"},
			"lab":       {"run", "forged-reset", "--step"},
			"a replay":  {"replay", "reset-on-read", "--step"},
			"in a dial": {"run", "dial-timeout", "--step"},
		} {
			t.Run(how+" "+name, func(t *testing.T) {
				if name == "lab" || name == "in a dial" {
					needAble(t, "private")
				}
				w := onTerminal(t, 24, 80, program, args...)
				w.shows("a stop", func(screen string) bool { return strings.HasPrefix(prompt(screen), "▶ ") })
				w.types("n")
				w.shows("another stop", func(screen string) bool {
					return strings.HasPrefix(prompt(screen), "▶ ") && !strings.Contains(screen, "▶ server listen")
				})
				leave(t, w, how)
			})
		}
	}
}

// TestLessonIsKilled: where the process in the private namespace is killed, which
// has the terminal in its hands, the one outside gives the terminal back.
func TestLessonIsKilled(t *testing.T) {
	program := needAble(t, "private")
	w := onTerminal(t, 24, 80, program, "run", "forged-reset", "--step")
	w.shows("a stop", func(screen string) bool { return strings.HasPrefix(prompt(screen), "▶ ") })
	for _, pid := range descendants(w.cmd.Process.Pid) {
		if err := unix.Kill(pid, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if code := w.ended(); code != 128+int(unix.SIGKILL) {
		t.Errorf("it ended with %d\n%s", code, w.screen())
	}
}

// TestLessonIsResized: what does not fit says so, and what has room uses it.
func TestLessonIsResized(t *testing.T) {
	program := findProgram(t)
	w := onTerminal(t, 24, 80, program, "replay", "reset-on-read", "--step")
	w.has("▶ client dial")
	w.resize(20, 70)
	w.has("A lesson takes 80 columns and 24 rows.")
	w.resize(40, 120)
	screen := w.shows("a larger screen", func(screen string) bool {
		return strings.Contains(screen, strings.Repeat("─", 120)) && strings.HasPrefix(prompt(screen), "▶ client dial")
	})
	if n := len(strings.Split(strings.TrimSuffix(screen, "\n"), "\n")); n != 40 {
		t.Errorf("%d rows\n%s", n, screen)
	}
	w.types("q")
	if code := w.ended(); code != exitInterrupted {
		t.Errorf("it ended with %d", code)
	}
}

// TestLessonHangsUp: a terminal that goes away ends it.
func TestLessonHangsUp(t *testing.T) {
	program := needAble(t, "able")
	w := onTerminal(t, 24, 80, program, "run", "reset-on-read", "--step")
	w.has("▶ server listen")
	w.slave.Close()
	w.master.Close()
	gone := make(chan error, 1)
	go func() { gone <- w.cmd.Wait() }()
	select {
	case <-gone:
		if code := exitCode(w.cmd.ProcessState); code != exitInterrupted && code != exitFile {
			t.Errorf("it ended with %d", code)
		}
	case <-time.After(patience):
		w.cmd.Process.Signal(syscall.SIGQUIT)
		t.Error("it goes on without a terminal")
	}
}
