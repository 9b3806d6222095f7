//go:build amd64 || arm64

package traced

import (
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// tracer follows a program and all that it starts. One thread of the operating
// system owns it.
type tracer struct {
	pid     int // of the program
	code    int // how it ended
	threads map[int]*thread
	early   map[int]bool // threads that have stopped before who started them said so
	calls   map[int]*call
	journal journal
}

func newTracer(pid int) *tracer {
	t := &tracer{pid: pid, threads: make(map[int]*thread), early: make(map[int]bool), calls: make(map[int]*call)}
	for _, c := range calls() {
		t.calls[c.number] = &c
	}
	return t
}

// now is the wall clock, the one that a capture's stamps come from.
func now() time.Time { return time.Now().Round(0) }

// adopt begins to follow a thread.
func (t *tracer) adopt(tid int, p *process) *thread {
	p.threads++
	th := &thread{tid: tid, proc: p, seen: now()}
	t.threads[tid] = th
	return th
}

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

// ended notes the end of a thread.
func (t *tracer) ended(tid int, status unix.WaitStatus, at time.Time) {
	if tid == t.pid {
		if t.code = status.ExitStatus(); status.Signaled() {
			t.code = 128 + int(status.Signal())
		}
	}
	th := t.threads[tid]
	delete(t.threads, tid)
	delete(t.early, tid)
	if th == nil {
		return
	}
	t.leaves(th, th.seen, status.Signaled())
	if tid == th.proc.pid { // the last to be told of
		for _, r := range th.proc.ending {
			r.End = at
		}
		th.proc.close()
	}
}

// leaves notes that a thread has begun to exit; with the last the process's
// sockets are closed.
func (t *tracer) leaves(th *thread, at time.Time, killed bool) {
	if th.left {
		return
	}
	th.left = true
	p := th.proc
	if p.threads--; p.threads > 0 || p.gone {
		return
	}
	p.gone = true
	for _, fd := range p.within(0, 1<<31) {
		if s := t.lose(p, fd, at); s != nil {
			if r := t.shut(s, at, killed); r != nil {
				p.ending = append(p.ending, r)
			}
		}
	}
}

// stopped handles one stop, and lets the thread go on.
func (t *tracer) stopped(tid int, status unix.WaitStatus, at time.Time) {
	th := t.threads[tid]
	if th == nil {
		t.early[tid] = true // its parent's event is about to come
		return
	}
	sig, event := status.StopSignal(), int(status>>16)
	resume, deliver := unix.PTRACE_CONT, 0
	switch {
	case event == unix.PTRACE_EVENT_SECCOMP:
		if t.entered(th, at) {
			resume = unix.PTRACE_SYSCALL
		}
	case event == unix.PTRACE_EVENT_FORK, event == unix.PTRACE_EVENT_VFORK, event == unix.PTRACE_EVENT_CLONE:
		t.born(th)
	case event == unix.PTRACE_EVENT_EXEC:
		th = t.became(th, at)
	case event == unix.PTRACE_EVENT_EXIT:
		how, _ := unix.PtraceGetEventMsg(tid)
		t.leaves(th, at, unix.WaitStatus(how).Signaled())
	case event == unix.PTRACE_EVENT_STOP:
		if sig == unix.SIGSTOP || sig == unix.SIGTSTP || sig == unix.SIGTTIN || sig == unix.SIGTTOU {
			_ = listen(tid)
			return
		}
	case sig == unix.SIGTRAP|0x80:
		t.returned(th, at)
	default:
		deliver = int(sig)
	}
	th.seen = at
	// ESRCH: it has been killed meanwhile, and its end is about to be told.
	_ = ptrace(resume, tid, 0, uintptr(deliver))
}

// born follows a thread, or a process, that another has started.
func (t *tracer) born(parent *thread) {
	msg, err := unix.PtraceGetEventMsg(parent.tid)
	if err != nil {
		return
	}
	tid := int(msg)
	p := parent.proc
	if pid, err := groupOf(tid); err != nil || pid != p.pid {
		p = p.fork(tid)
	}
	t.adopt(tid, p)
	if t.early[tid] {
		delete(t.early, tid)
		_ = ptrace(unix.PTRACE_CONT, tid, 0, 0)
	}
}

// became notes that a process runs another program: its other threads are gone,
// and so are the descriptors that are closed for that.
func (t *tracer) became(th *thread, at time.Time) *thread {
	p := th.proc
	if former, err := unix.PtraceGetEventMsg(th.tid); err == nil && int(former) != th.tid {
		if was := t.threads[int(former)]; was != nil {
			delete(t.threads, int(former))
			was.tid = th.tid
			t.threads[th.tid] = was
			th = was
		}
	}
	for _, o := range t.threads {
		if o.proc == p && o != th && !o.left {
			o.left = true
		}
	}
	p.threads, th.left, th.call = 1, false, nil
	for _, fd := range p.within(0, 1<<31) {
		if p.has(fd) {
			continue
		}
		if s := p.release(fd); s != nil {
			if r := t.shut(s, th.seen, false); r != nil {
				r.End = at
			}
		}
	}
	return th
}
