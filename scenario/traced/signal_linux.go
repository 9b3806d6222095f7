//go:build amd64 || arm64

package traced

import (
	"encoding/binary"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// relayed lists the signals that are passed on to the program. SIGHUP is left
// ignored where it is, as under nohup.
func relayed() []os.Signal {
	signals := []os.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2}
	if !signal.Ignored(unix.SIGHUP) {
		signals = append(signals, unix.SIGHUP)
	}
	return signals
}

// relay leaves the program's process group, and passes on signals until it is
// stopped.
func (t *tracer) relay() (stop func()) {
	got := make(chan os.Signal, 8)
	signal.Notify(got, relayed()...)
	back := leaveGroup()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		late := 0
		for s := range got {
			if !t.passOn(s.(unix.Signal), late > 0) {
				late++
			}
		}
	}()
	return func() {
		back()
		signal.Stop(got)
		close(got)
		<-ended
	}
}

// passOn sends the program a signal, or all that it has left if it has ended,
// and reports which; kill says that what it has left had its chance.
func (t *tracer) passOn(sig unix.Signal, kill bool) (toProgram bool) {
	t.living.Lock()
	defer t.living.Unlock()
	if !t.over {
		if pending(t.pid, sig) { // one of the same kind that was sent now would be lost (signal(7))
			t.group.of(sig, now()).ahead++
		} else {
			_ = unix.Kill(t.pid, sig) // it may have ended
		}
		return true
	}
	if kill {
		sig = unix.SIGKILL
	}
	for pid := range t.procs {
		_ = unix.Kill(pid, sig)
	}
	return false
}

// leaveGroup puts this process in a process group of its own, if it is not the
// leader of one. What it returns undoes that. A terminal that stops background
// processes when they write (stty tostop) does not stop this one.
func leaveGroup() (back func()) {
	was := unix.Getpgrp()
	if was == unix.Getpid() || unix.Setpgid(0, 0) != nil {
		return func() {}
	}
	signal.Ignore(unix.SIGTTOU)
	return func() {
		// Its parent is still there, and in that group; if not, nobody minds.
		_ = unix.Setpgid(0, was)
		signal.Reset(unix.SIGTTOU)
	}
}

// groupSignals are those that came to the program from others than this process,
// and how often. Each is worth one that is passed on: whoever signals a whole
// process group, as a terminal does for a key, signals the program as well as those
// who pass it on here, and the program first, since it is the youngest
// (__kill_pgrp_info in kernel/signal.c).
type groupSignals map[unix.Signal]*received

type received struct {
	times int // that have come and were not passed on yet; below 0, that were passed on and have not come
	ahead int // that were to be passed on, and had not been taken by the program yet
	last  time.Time
}

// together is how long one that is passed on may take to follow the one that the
// program has got with its group.
const together = 2 * time.Second

// of returns what is known of a signal.
func (g groupSignals) of(sig unix.Signal, at time.Time) *received {
	r := g[sig]
	if r == nil || at.Sub(r.last) > together {
		r = &received{}
		g[sig] = r
	}
	r.last = at
	return r
}

// pending reports whether a process has a signal still to take.
func pending(pid int, sig unix.Signal) bool {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	_, after, found := strings.Cut(string(status), "\nShdPnd:")
	line, _, _ := strings.Cut(after, "\n")
	set, parseErr := strconv.ParseUint(strings.TrimSpace(line), 16, 64)
	return err == nil && found && parseErr == nil && set&(1<<(sig-1)) != 0
}

// delivered returns the signal that a thread gets when sig is about to be
// delivered to it: sig, or none where it was passed on and has come already.
func (t *tracer) delivered(th *thread, sig unix.Signal, at time.Time) unix.Signal {
	if th.proc.pid != t.pid || !slices.Contains(relayed(), os.Signal(sig)) {
		return sig
	}
	mine := sentByMe(th.tid)
	t.living.Lock()
	defer t.living.Unlock()
	r := t.group.of(sig, at)
	if r.known(mine, mine && r.ahead > 0 && pending(t.pid, sig)) {
		return 0
	}
	return sig
}

// known reports whether a signal that the program is about to take has come to it
// already. Threads of it that stop for two signals are looked at in any order, so the
// one passed on may be the first to be taken. It stands also for those that were to be
// passed on and found it pending, and for one that came to the group meanwhile and was
// lost in it. With another behind it they have found that one.
func (r *received) known(mine, another bool) bool {
	switch {
	case mine:
		passed := 1
		if !another {
			passed += r.ahead
			r.ahead = 0
		}
		r.times -= passed
		return r.times >= 0
	case r.ahead > 0:
		r.ahead--
		return false
	}
	r.times++
	return r.times <= 0
}

// Offsets in siginfo_t (sigaction(2)), on machines of 64 bits.
const (
	siginfoLength = 128
	siginfoCode   = 8
	siginfoPID    = 16
)

// sentByMe reports whether this process has sent the signal that is about to be
// delivered to a thread.
func sentByMe(tid int) bool {
	var info [siginfoLength]byte
	if ptrace(unix.PTRACE_GETSIGINFO, tid, 0, uintptr(unsafe.Pointer(&info))) != nil {
		return false
	}
	code := int32(binary.NativeEndian.Uint32(info[siginfoCode:]))
	pid := int(binary.NativeEndian.Uint32(info[siginfoPID:]))
	return code == 0 && pid == os.Getpid() // SI_USER
}
