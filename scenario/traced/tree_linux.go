//go:build amd64 || arm64

package traced

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario/journal"
)

// adopt begins to follow a thread.
func (t *tracer) adopt(tid int, p *process) *thread {
	p.threads++
	th := &thread{tid: tid, proc: p}
	t.threads[tid] = th
	t.living.Lock()
	t.procs[p.pid] = p
	t.living.Unlock()
	return th
}

// found follows a thread whose first stop is told before the event of the one that
// started it. That event need not come: who starts a thread may be killed on the way
// back, by SIGKILL or because another of its threads exits or runs another program. So
// nothing waits for it; whom the thread belongs to is asked of the kernel.
func (t *tracer) found(tid int) *thread {
	pid, parent, err := familyOf(tid)
	switch p := t.procs[pid]; {
	case err != nil: // it has been killed
		return t.adopt(tid, newProcess(tid))
	case p != nil:
		return t.adopt(tid, p)
	}
	p := newProcess(pid)
	if from := t.procs[parent]; from != nil {
		p.inherit(from)
	}
	return t.adopt(tid, p)
}

// born follows a thread, or a process, that another has started.
func (t *tracer) born(starter *thread) {
	msg, err := unix.PtraceGetEventMsg(starter.tid)
	if err != nil {
		return
	}
	tid := int(msg)
	if th := t.threads[tid]; th != nil {
		if th.proc != starter.proc && th.proc.from != starter.proc { // with CLONE_PARENT
			th.proc.inherit(starter.proc)
		}
		return
	}
	pid, _, err := familyOf(tid)
	switch {
	case err != nil: // it has ended, and that was told before
	case pid == starter.proc.pid:
		t.adopt(tid, starter.proc)
	default:
		p := newProcess(pid)
		p.inherit(starter.proc)
		t.adopt(tid, p)
	}
}

// ended notes the end of a thread.
func (t *tracer) ended(tid int, status unix.WaitStatus, at time.Time) {
	t.living.Lock()
	delete(t.procs, tid)
	t.over = t.over || tid == t.pid
	left := len(t.procs)
	t.living.Unlock()
	if tid == t.pid {
		if t.code = status.ExitStatus(); status.Signaled() {
			t.code = 128 + int(status.Signal())
		}
		if left > 0 && t.left != nil {
			t.left()
		}
	}
	th := t.threads[tid]
	delete(t.threads, tid)
	if th == nil {
		return
	}
	t.leaves(th, th.proc.seen, status.Signaled())
	if tid == th.proc.pid { // the last to be told of
		for _, r := range th.proc.ending {
			r.End = at
		}
		if e := th.proc.open; e != nil {
			e.End = at
			t.endings = append(t.endings, *e)
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
	if t.untold && th.tid == p.pid && p.threads > 1 {
		p.remember()
	}
	if p.threads--; p.threads > 0 || p.gone {
		return
	}
	p.gone = true
	if t.untold {
		if left := t.leavesOpen(p, th); len(left) > 0 {
			p.open = &journal.Ending{Start: at, Killed: killed, Sockets: left}
		}
		return
	}
	for _, fd := range p.within(0, 1<<31) {
		if s := t.lose(p, fd, at); s != nil {
			if r := t.journal.Shut(&s.Socket, at, killed); r != nil {
				p.ending = append(p.ending, r)
			}
		}
	}
}

// became notes that a process runs another program: its other threads are gone,
// and so are the descriptors that are closed for that. Whichever thread it was has
// the process's id from now on; the one that had it need not have been traced.
func (t *tracer) became(tid int, at time.Time) *thread {
	th := t.threads[tid]
	if former, err := unix.PtraceGetEventMsg(tid); err == nil && int(former) != tid {
		if was := t.threads[int(former)]; was != nil {
			delete(t.threads, int(former))
			was.tid, th = tid, was
			t.threads[tid] = th
		}
	}
	if th == nil {
		th = t.found(tid)
	}
	p := th.proc
	for _, o := range t.threads {
		if o.proc == p && o != th {
			o.left = true
		}
	}
	p.threads, th.left, th.call = 1, false, nil
	for _, fd := range p.within(0, 1<<31) {
		if p.has(fd) {
			continue
		}
		if s := p.release(fd); s != nil {
			if r := t.journal.Shut(&s.Socket, p.seen, false); r != nil {
				r.End = at
			}
		}
	}
	return th
}
