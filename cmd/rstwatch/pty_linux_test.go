package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/charmbracelet/x/term"
	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// terminal is a program on a terminal that the test looks at and types on.
type terminal struct {
	t       *testing.T
	columns int
	cmd     *exec.Cmd
	master  *os.File
	slave   *os.File
	before  *term.State
	read    chan struct{} // closed when nothing more comes

	mu  sync.Mutex
	vt  vt10x.Terminal
	raw bytes.Buffer
}

// onTerminal starts the program on a terminal of its own, of so many rows and
// columns. The test waits for it with ended.
func onTerminal(t *testing.T, rows, columns int, name string, args ...string) *terminal {
	t.Helper()
	master, slave, err := openTerminal()
	if err != nil {
		t.Skipf("needs a pseudo-terminal: %v", err)
	}
	w := &terminal{t: t, columns: columns, master: master, slave: slave, read: make(chan struct{}), vt: vt10x.New(vt10x.WithSize(columns, rows))}
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(sized(master, rows, columns))
	w.before, err = term.GetState(slave.Fd())
	check(err)
	w.cmd = exec.Command(name, args...)
	w.cmd.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=", "LC_ALL=C.UTF-8")
	w.cmd.Stdin, w.cmd.Stdout, w.cmd.Stderr = slave, slave, slave
	w.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	check(w.cmd.Start())
	go w.listen()
	t.Cleanup(func() {
		w.cmd.Process.Kill()
		w.cmd.Wait()
		slave.Close()
		master.Close()
		<-w.read
	})
	return w
}

// openTerminal makes a pseudo-terminal (pts(4)). Its descriptors are not asked
// for with Fd, which would make reading block Close.
func openTerminal() (master, slave *os.File, err error) {
	if master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		return nil, nil, err
	}
	number := 0
	err = controlled(master, func(fd int) (err error) {
		if err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err == nil {
			number, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		}
		return err
	})
	if err == nil {
		slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		master.Close()
		return nil, nil, err
	}
	return master, slave, nil
}

// sized gives a terminal a size.
func sized(master *os.File, rows, columns int) error {
	return controlled(master, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(rows), Col: uint16(columns)})
	})
}

func controlled(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = do(int(fd)) })
	return errors.Join(err, failed)
}

// listen draws what comes.
func (w *terminal) listen() {
	defer close(w.read)
	b := make([]byte, 4096)
	for {
		n, err := w.master.Read(b)
		if err != nil { // the master is closed
			return
		}
		w.mu.Lock()
		w.raw.Write(b[:n])
		w.vt.Write(b[:n])
		w.mu.Unlock()
	}
}

// screen is what is to be seen.
func (w *terminal) screen() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for line := range strings.SplitSeq(w.vt.String(), "\n") {
		lines = append(lines, strings.TrimRight(line, " \x00"))
	}
	return strings.Join(lines, "\n")
}

// shows waits until the screen is as wanted.
func (w *terminal) shows(what string, wanted func(screen string) bool) string {
	w.t.Helper()
	if err := until(func() bool { return wanted(w.screen()) }); err != nil {
		w.t.Fatalf("%s: not seen: %v\n%s", what, err, w.screen())
	}
	return w.screen()
}

// has waits until the screen has the text.
func (w *terminal) has(text string) string {
	w.t.Helper()
	return w.shows(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// types presses keys.
func (w *terminal) types(keys string) {
	w.t.Helper()
	if _, err := w.master.WriteString(keys); err != nil {
		w.t.Fatal(err)
	}
}

// resize gives the terminal another size.
func (w *terminal) resize(rows, columns int) {
	w.t.Helper()
	w.columns = columns
	w.mu.Lock()
	w.vt.Resize(columns, rows)
	w.mu.Unlock()
	if err := sized(w.master, rows, columns); err != nil {
		w.t.Fatal(err)
	}
}

// ended waits until the program has ended, returns its code, and checks that the
// terminal is as it was: its settings, its screen, its cursor.
func (w *terminal) ended() int {
	w.t.Helper()
	done := make(chan error, 1)
	go func() { done <- w.cmd.Wait() }()
	var err error
	if late := until(func() bool {
		select {
		case err = <-done:
			return true
		default:
			return false
		}
	}); late != nil {
		w.t.Fatalf("it has not ended: %v\n%s", late, w.screen())
	}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	after, err := term.GetState(w.slave.Fd())
	if err != nil {
		w.t.Fatal(err)
	}
	if *after != *w.before {
		w.t.Errorf("the terminal's settings are %+v, were %+v", after, w.before)
	}
	if err := until(func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.vt.Mode()&vt10x.ModeAltScreen == 0 && w.vt.CursorVisible()
	}); err != nil {
		w.t.Errorf("the screen, or the cursor, is not as it was: mode %b, cursor %v", w.vt.Mode(), w.vt.CursorVisible())
	}
	return exitCode(w.cmd.ProcessState)
}
