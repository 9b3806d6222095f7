package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// trial is the name, in place of the program's own, by which [Hook] knows a
// child of [Probe].
const trial = "rstwatch-sandbox-trial"

// answerFD is the descriptor on which a trial answers.
const answerFD = 3

// Probe tries to make a sandbox, step by step, by running this program again
// with nothing but [Hook] to do. It takes some ten milliseconds, at most ten
// seconds. The program must call Hook first thing.
func Probe() Report {
	r := Report{Settings: inTheWay(readSysctl)}
	if _, r.User = try(unix.CLONE_NEWUSER); r.User != nil {
		failed(r.User, &r.Net, &r.Packet, &r.Loopback)
		return r
	}
	var said answer
	if said, r.Net = try(unix.CLONE_NEWUSER | unix.CLONE_NEWNET); r.Net != nil {
		failed(r.Net, &r.Packet, &r.Loopback)
		return r
	}
	r.Packet = said.err("open a packet socket", said.Packet)
	r.Loopback = said.err("bring lo up", said.Loopback)
	return r
}

// Hook does the work of a child of [Probe] and reports whether this process is
// one: then there is nothing left to do but to exit. Call it first thing in
// main, or in TestMain. In any other process it returns false at once.
func Hook() bool {
	if os.Args[0] != trial {
		return false
	}
	out := os.NewFile(answerFD, "answer")
	defer out.Close()
	said := answer{Packet: unix.EPERM, Loopback: unix.EPERM}
	if len(os.Args) > 1 && os.Args[1] == "net" {
		said = attempt()
	}
	// A parent that is gone needs no answer.
	_, _ = fmt.Fprintf(out, answerFormat, uint(said.Packet), uint(said.Loopback))
	return true
}

// answer is what a trial in a network namespace met; 0 is success.
type answer struct{ Packet, Loopback syscall.Errno }

const answerFormat = "packet %d loopback %d\n"

func (answer) err(doing string, errno syscall.Errno) error {
	switch errno {
	case 0:
		return nil
	case unix.EPERM, unix.EACCES:
		return stripped(doing, errno)
	}
	return fmt.Errorf("sandbox: %s: %w", doing, errno)
}

// attempt does, in a namespace of its own, what a sandbox is for.
func attempt() answer {
	var said answer
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	said.Packet = errnoOf(err)
	if err == nil {
		unix.Close(fd)
	}
	said.Loopback = errnoOf(raiseLoopback())
	return said
}

// errnoOf returns the errno in err's chain, EIO for an error without one.
func errnoOf(err error) syscall.Errno {
	var errno syscall.Errno
	switch {
	case err == nil:
		return 0
	case errors.As(err, &errno):
		return errno
	}
	return unix.EIO
}

// try runs a trial in the namespaces of flags and returns its answer.
func try(flags uintptr) (answer, error) {
	if os.Args[0] == trial {
		return answer{}, errors.New("sandbox: the program does not call sandbox.Hook first thing")
	}
	ids, err := identity(-1, -1)
	if err != nil {
		return answer{}, err
	}
	program, err := openProgram(ids.uid)
	if err != nil {
		return answer{}, err
	}
	mode := "user"
	if flags&unix.CLONE_NEWNET != 0 {
		mode = "net"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program.path)
	cmd.Args = []string{trial, mode}
	cmd.SysProcAttr = ids.attributes(flags)
	c := &child{cmd, program}
	defer c.release()
	return c.ask()
}

// ask starts a trial and reads its answer, without its standard output: that
// belongs to the program.
func (c *child) ask() (answer, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return answer{}, fmt.Errorf("sandbox: %w", err)
	}
	defer r.Close()
	c.ExtraFiles = []*os.File{w}
	runtime.LockOSThread() // for Pdeathsig, as in Run
	defer runtime.UnlockOSThread()
	err = c.start()
	w.Close()
	if err != nil {
		return answer{}, err
	}
	var text bytes.Buffer
	_, readErr := text.ReadFrom(r)
	if err := errors.Join(c.Wait(), readErr); err != nil {
		return answer{}, fmt.Errorf("sandbox: trial: %w", err)
	}
	var packet, loopback uint
	if _, err := fmt.Sscanf(text.String(), answerFormat, &packet, &loopback); err != nil {
		return answer{}, fmt.Errorf("sandbox: trial answered %q: does the program call sandbox.Hook first thing?", text.String())
	}
	return answer{syscall.Errno(packet), syscall.Errno(loopback)}, nil
}

// readSysctl reads a kernel setting as sysctl(8) names it.
func readSysctl(name string) (string, bool) {
	text, err := os.ReadFile(filepath.Join("/proc/sys", strings.ReplaceAll(name, ".", "/")))
	return strings.TrimSpace(string(text)), err == nil
}
