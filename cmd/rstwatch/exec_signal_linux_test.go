package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// counts is a program that counts SIGINT, and ends by SIGTERM with 40 and that
// number. A shell would take two for one.
func counts() {
	got := make(chan os.Signal, 100)
	signal.Notify(got, unix.SIGINT, unix.SIGTERM)
	fmt.Println("ready")
	n := 0
	for s := range got {
		if s == unix.SIGTERM {
			os.Exit(40 + n)
		}
		n++
		fmt.Println("got", n)
	}
}

// TestExecInterrupt: a SIGINT for rstwatch alone in the foreground reaches the
// command, and so does Ctrl-C, once; neither ends anything else. What is passed on
// of the latter goes before the SIGTERM.
func TestExecInterrupt(t *testing.T) {
	program := needAble(t, "private")
	w := onTerminal(t, 24, 100, program, "exec", "--", "counts")
	w.has("ready")
	if err := w.cmd.Process.Signal(unix.SIGINT); err != nil {
		t.Fatal(err)
	}
	w.has("got 1")
	w.types("\x03")
	w.has("got 2")
	if err := w.cmd.Process.Signal(unix.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := w.ended(); code != 42 {
		t.Errorf("exit code %d\n%s", code, w.screen())
	}
	w.has("no TCP connection was seen")
}

// shellJob is rstwatch exec in a process group of its own, as a shell starts it.
type shellJob struct {
	*exec.Cmd
	t      *testing.T
	out    *bufio.Reader
	stderr string // the file that it goes to
}

func newJob(t *testing.T, program string, args ...string) *shellJob {
	t.Helper()
	j := &shellJob{Cmd: exec.Command(program, append([]string{"exec", "--"}, args...)...), t: t}
	j.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	j.stderr = filepath.Join(t.TempDir(), "stderr")
	text, err := os.Create(j.stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	j.Stderr = text
	pipe, err := j.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Kill(-j.Process.Pid, unix.SIGKILL); j.Process.Kill(); j.Wait() })
	// What never comes shall fail the test, not hang it.
	if err := pipe.(*os.File).SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	j.out = bufio.NewReader(pipe)
	return j
}

// line returns what the command says next.
func (j *shellJob) line() string {
	j.t.Helper()
	text, err := j.out.ReadString('\n')
	if err != nil {
		j.t.Fatalf("%q: %v\n%s", text, err, j.said())
	}
	return strings.TrimSpace(text)
}

// said is what rstwatch has said so far.
func (j *shellJob) said() string {
	j.t.Helper()
	text, err := os.ReadFile(j.stderr)
	if err != nil {
		j.t.Fatal(err)
	}
	return string(text)
}

func (j *shellJob) number() int {
	j.t.Helper()
	n, err := strconv.Atoi(j.line())
	if err != nil {
		j.t.Fatal(err)
	}
	return n
}

func (j *shellJob) signal(pid int, s unix.Signal) {
	j.t.Helper()
	if err := unix.Kill(pid, s); err != nil {
		j.t.Fatal(err)
	}
}

func (j *shellJob) ends(want int) {
	j.t.Helper()
	err := j.Wait()
	if code := j.ProcessState.ExitCode(); code != want {
		j.t.Errorf("exit code %d, want %d: %v\n%s", code, want, err, j.said())
	}
}

// eventually waits for what is about to be so.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !so(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("never: ", what)
		}
	}
}

// states are those of a process's threads, as proc(5) has them.
func states(pid int) (text string) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	for _, f := range files {
		stat, err := os.ReadFile(f)
		if _, after, found := strings.Cut(string(stat), ") "); err == nil && found {
			text += after[:1]
		}
	}
	return text
}

// TestExecGroup: what is sent to the whole group reaches the command once.
func TestExecGroup(t *testing.T) {
	j := newJob(t, needAble(t, "private"), "counts")
	j.line()
	for n := range 3 {
		j.signal(-j.Process.Pid, unix.SIGINT)
		if got := j.line(); got != fmt.Sprint("got ", n+1) {
			t.Fatal(got)
		}
	}
	j.signal(j.Process.Pid, unix.SIGTERM)
	j.ends(43)
}

// spins is a program that says who it is and keeps several threads busy.
func spins() {
	for range 3 {
		go func() {
			runtime.LockOSThread()
			for n := uint64(0); ; n++ { // no call, so that nothing but a stop holds it
			}
		}()
	}
	fmt.Println(os.Getpid())
	select {}
}

// TestExecStop: a job that is stopped is stopped with all threads of the command,
// and goes on as it was.
func TestExecStop(t *testing.T) {
	j := newJob(t, needAble(t, "private"), "spins")
	pid := j.number()
	stopped := func(p int) bool { s := states(p); return s != "" && strings.Trim(s, "Tt") == "" }
	for range 3 {
		j.signal(-j.Process.Pid, unix.SIGTSTP)
		eventually(t, "stopped", func() bool { return stopped(j.Process.Pid) && stopped(pid) })
		j.signal(-j.Process.Pid, unix.SIGCONT)
		eventually(t, "running", func() bool { return !stopped(j.Process.Pid) && strings.Contains(states(pid), "R") })
	}
	j.signal(j.Process.Pid, unix.SIGTERM)
	j.ends(143)
}

// TestExecKilled: nothing of the command outlives rstwatch, or is left standing.
func TestExecKilled(t *testing.T) {
	j := newJob(t, needAble(t, "private"), "sh", "-c", `setsid sleep 1000 & echo $!; echo $$; wait`)
	daemon, shell := j.number(), j.number()
	j.signal(j.Process.Pid, unix.SIGKILL)
	err := j.Wait()
	if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
		t.Error(err)
	}
	for _, pid := range []int{daemon, shell} {
		eventually(t, "gone", func() bool { s := states(pid); return s == "" || s == "Z" })
	}
}

// TestExecLeft: a daemon is waited for, which is said; a signal ends it, a second
// one also if it would not.
func TestExecLeft(t *testing.T) {
	program := needAble(t, "private")
	for name, c := range map[string]struct {
		daemon  string
		signals int
	}{
		"ends":      {"exec sleep 1000", 1},
		"would not": {`trap "echo no" TERM; echo set; while :; do sleep 0.05; done`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := newJob(t, program, "sh", "-c", `setsid sh -c '`+c.daemon+`' & echo $!; exit 3`)
			said := []string{j.line()}
			if c.signals > 1 { // its trap is set: who of the two says so first is left open
				said = slices.DeleteFunc(append(said, j.line()), func(line string) bool { return line == "set" })
			}
			pid, err := strconv.Atoi(said[0])
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "told of", func() bool { return strings.Contains(j.said(), "what it has started has not") })
			for n := range c.signals {
				j.signal(j.Process.Pid, unix.SIGTERM)
				if n < c.signals-1 {
					if got := j.line(); got != "no" {
						t.Fatal(got)
					}
				}
			}
			j.ends(3)
			eventually(t, "gone", func() bool { return states(pid) == "" })
		})
	}
}
