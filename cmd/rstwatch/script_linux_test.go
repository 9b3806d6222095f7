package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

func platformCommands() map[string]scriptCommand {
	return map[string]scriptCommand{
		"children":  children,
		"connected": connected,
		"feed":      feed,
		"signal":    sendSignal,
		"ended":     ended,
	}
}

// awaited is the script's program in the background, once it has been sent a
// signal, and all that it had started by then.
type awaited struct {
	cmd      *exec.Cmd
	children []int    // pidfds
	pipe     *os.File // that "feed" writes into
}

// connected PORT waits until the script's program in the background, or a
// child of it, has a connection established with that port at either end.
func connected(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "connected PORT")
	port, err := strconv.ParseUint(args[0], 10, 16)
	ts.Check(err)
	root := background(ts).Process.Pid
	err = until(func() bool {
		for _, pid := range append(descendants(root), root) {
			if established(pid, uint16(port)) {
				return true
			}
		}
		return false
	})
	if err != nil {
		ts.Fatalf("no connection of port %d: %v", port, err)
	}
}

// children N waits until the script's program in the background has that many
// children, each with a connection established.
func children(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "children N")
	root, found := background(ts).Process.Pid, 0
	err := until(func() bool {
		found = 0
		for _, pid := range descendants(root) {
			if established(pid, 0) {
				found++
			}
		}
		return strconv.Itoa(found) == args[0]
	})
	if err != nil {
		ts.Fatalf("%d children have a connection, not %s: %v", found, args[0], err)
	}
}

// established reports whether the network namespace of a process has a TCP
// connection, with that port unless it is 0, in ESTABLISHED
// (proc_pid_net(5)).
func established(pid int, port uint16) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp", pid))
	six, err6 := os.ReadFile(fmt.Sprintf("/proc/%d/net/tcp6", pid))
	if err != nil && err6 != nil {
		return false
	}
	suffix := fmt.Sprintf(":%04X", port)
	for line := range strings.Lines(string(text) + string(six)) {
		f := strings.Fields(line)
		const state, open = 3, "01"
		if len(f) > state && f[state] == open &&
			(port == 0 || strings.HasSuffix(f[1], suffix) || strings.HasSuffix(f[2], suffix)) {
			return true
		}
	}
	return false
}

// descendants returns the children of a process, and theirs.
func descendants(pid int) []int {
	var all []int
	threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	for _, thread := range threads {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/children", pid, thread.Name()))
		for field := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				all = append(append(all, child), descendants(child)...)
			}
		}
	}
	return all
}

// background returns the one program that the script runs in the background.
func background(ts *testscript.TestScript) *exec.Cmd {
	cmds := ts.BackgroundCmds()
	if len(cmds) != 1 {
		ts.Fatalf("%d programs run in the background, not 1", len(cmds))
	}
	return cmds[0]
}

// signal NAME CHILDREN sends a signal to the program in the background and to
// no child of it. It must have that many.
func sendSignal(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "signal NAME CHILDREN")
	a := ts.Value(awaitedKey{}).(*awaited)
	a.cmd, a.children = background(ts), nil
	for _, pid := range descendants(a.cmd.Process.Pid) {
		fd, err := unix.PidfdOpen(pid, 0)
		ts.Check(err)
		ts.Defer(func() { unix.Close(fd) })
		a.children = append(a.children, fd)
	}
	if strconv.Itoa(len(a.children)) != args[1] {
		ts.Fatalf("it has %d children, not %s", len(a.children), args[1])
	}
	number := unix.SignalNum("SIG" + args[0])
	if number == 0 {
		ts.Fatalf("unknown signal %s", args[0])
	}
	ts.Check(a.cmd.Process.Signal(number))
}

// ended CODE, after "wait", checks how the program ended that a signal was sent
// to, and that its children have ended as well.
func ended(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "ended CODE")
	a := ts.Value(awaitedKey{}).(*awaited)
	if a.cmd == nil || a.cmd.ProcessState == nil {
		ts.Fatalf("use signal and wait first")
	}
	if code := strconv.Itoa(exitCode(a.cmd.ProcessState)); code != args[0] {
		ts.Fatalf("it ended with %s, not %s", code, args[0])
	}
	for _, fd := range a.children {
		gone, err := poll(fd)
		ts.Check(err)
		if !gone {
			ts.Fatalf("a child lives on")
		}
	}
}

// poll waits until a process has ended: then its pidfd can be read.
func poll(pidfd int) (ended bool, err error) {
	fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, int(patience.Milliseconds()))
		if !errors.Is(err, syscall.EINTR) {
			return n == 1, err
		}
	}
}
