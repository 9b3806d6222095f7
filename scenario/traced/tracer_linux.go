//go:build amd64 || arm64

package traced

import (
	"fmt"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario/journal"
)

// tracer follows a program and all that it starts. One thread of the operating
// system owns it.
type tracer struct {
	pid     int // of the program
	code    int // how it ended
	threads map[int]*thread

	living sync.Mutex       // guards, for relay, those that follow
	procs  map[int]*process // that have not ended
	over   bool             // the program itself has ended
	group  groupSignals

	calls   map[int]*call
	journal journal.Journal
	left    func()

	untold  bool // calls are not stopped
	endings []journal.Ending
}

func newTracer(pid int, left func()) *tracer {
	t := &tracer{pid: pid, left: left, group: make(groupSignals), threads: make(map[int]*thread), procs: make(map[int]*process), calls: make(map[int]*call)}
	for _, c := range calls() {
		t.calls[c.number] = &c
	}
	return t
}

// now is the wall clock, the one that a capture's stamps come from.
func now() time.Time { return time.Now().Round(0) }

// loop waits for stops until nothing is left to stop.
func (t *tracer) loop() error {
	for {
		var status unix.WaitStatus
		// Children of other threads are none of this one's.
		tid, err := unix.Wait4(-1, &status, unix.WALL|unix.WNOTHREAD, nil)
		switch {
		case err == unix.EINTR:
		case err == unix.ECHILD:
			return nil
		case err != nil:
			return fmt.Errorf("traced: wait: %w", err)
		case status.Stopped():
			t.stopped(tid, status, now())
		default:
			t.ended(tid, status, now())
		}
	}
}

// stopped handles one stop, and lets the thread go on.
func (t *tracer) stopped(tid int, status unix.WaitStatus, at time.Time) {
	sig, event := status.StopSignal(), int(status>>16)
	th := t.threads[tid]
	switch {
	case event == unix.PTRACE_EVENT_EXEC:
		th = t.became(tid, at)
	case th == nil:
		th = t.found(tid)
	}
	resume, deliver := unix.PTRACE_CONT, 0
	switch {
	case event == unix.PTRACE_EVENT_SECCOMP:
		if t.entered(th, at) {
			resume = unix.PTRACE_SYSCALL
		}
	case event == unix.PTRACE_EVENT_FORK, event == unix.PTRACE_EVENT_VFORK, event == unix.PTRACE_EVENT_CLONE:
		t.born(th)
	case event == unix.PTRACE_EVENT_EXIT:
		how, _ := unix.PtraceGetEventMsg(tid)
		t.leaves(th, at, unix.WaitStatus(how).Signaled())
	case event == unix.PTRACE_EVENT_STOP:
		if sig == unix.SIGSTOP || sig == unix.SIGTSTP || sig == unix.SIGTTIN || sig == unix.SIGTTOU {
			_ = listen(tid)
			return
		}
	case event != 0: // told of, and of no interest here, such as exec
	case sig == unix.SIGTRAP|0x80:
		t.returned(th, at)
	default:
		deliver = int(t.delivered(th, sig, at))
	}
	th.proc.seen = at
	// ESRCH: it has been killed meanwhile, and its end is about to be told.
	_ = ptrace(resume, tid, 0, uintptr(deliver))
}
