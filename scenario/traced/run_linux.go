//go:build amd64 || arm64

package traced

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// lowest is the first number that a launcher's descriptor may have: below are
// those that the program inherits.
const lowest = 100

// Run runs a program, and waits until it and all that it has started have ended.
// It has this process's standard input and output, and its process group, so that
// what is typed at a terminal reaches it. This process leaves that group
// meanwhile: a job that is stopped is stopped with all its threads, and what they do
// before that is still witnessed. It does not end by SIGINT, SIGQUIT, SIGTERM,
// SIGHUP, SIGUSR1 and SIGUSR2, but passes them on, unless the program has got them
// together with the whole group. Once the program itself has ended they go to
// what it has left; a second one of them then kills that.
//
// All that it has started ends with this process, however that does: a call that
// nobody traces any more would fail with ENOSYS. For the same reason a daemon can not
// be let go.
//
// The error is one that exec.LookPath returns, [ErrStart], [ErrRefused] or
// [ErrUnsupported]; then nothing was run. This process must call [Hook] first
// thing. Run must not be called twice at a time.
func Run(o Options) (Result, error) {
	if len(o.Args) == 0 {
		return Result{}, errors.New("traced: no command")
	}
	path, err := exec.LookPath(o.Args[0])
	if err != nil {
		return Result{}, err
	}
	word := byte(goOn)
	if o.Untold {
		word = goFree
	}
	return onThread(func() (Result, error) { return run(path, o, word) })
}

// Probe tries whether a program could be run, up to the point where this process
// would become it. Its error is [ErrRefused] or [ErrUnsupported]; this process must
// call [Hook] first thing.
func Probe() error {
	_, err := onThread(func() (Result, error) { return run("/", Options{Args: []string{"/"}}, onTrial) })
	return err
}

// onThread does what is to be done on a thread of its own.
func onThread(do func() (Result, error)) (Result, error) {
	type outcome struct {
		Result
		err error
	}
	done := make(chan outcome)
	go func() {
		// ptrace(2) is a matter between threads: this one starts the program and
		// is its tracer. It ends with this goroutine.
		runtime.LockOSThread()
		r, err := do()
		done <- outcome{r, err}
	}()
	out := <-done
	return out.Result, out.err
}

// run starts a launcher, traces it, and tells it the word.
func run(path string, o Options, word byte) (Result, error) {
	if o.Inherit != nil {
		keepBut(o.Inherit)
	}
	pid, talk, err := launch(path, o)
	if err != nil {
		return Result{}, err
	}
	defer talk.Close()
	t := newTracer(pid, o.Left)
	t.untold = o.Untold
	if err := t.take(talk, word); err != nil {
		_ = unix.Kill(pid, unix.SIGKILL)
		return Result{}, errors.Join(err, t.loop())
	}
	stop := t.relay()
	defer stop()
	defer withoutStops()()
	if err := t.loop(); err != nil {
		return Result{}, err
	}
	if said, _ := io.ReadAll(talk); len(said) > 0 {
		return Result{}, lastWords(string(said))
	}
	return Result{Code: t.code, Events: t.journal.Events(), Endings: t.endings}, nil
}

// launch starts this program again, to become the command.
func launch(path string, o Options) (pid int, talk *os.File, err error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return 0, nil, fmt.Errorf("traced: %w", err)
	}
	talk = os.NewFile(uintptr(pair[0]), "launcher")
	defer unix.Close(pair[1])
	fail := func(err error) (int, *os.File, error) {
		talk.Close()
		return 0, nil, fmt.Errorf("traced: start: %w", err)
	}
	syscall.ForkLock.Lock() // what has no close-on-exec flag is this child's alone
	theirs, err := unix.FcntlInt(uintptr(pair[1]), unix.F_DUPFD, lowest)
	syscall.ForkLock.Unlock()
	if err != nil {
		return fail(err)
	}
	defer unix.Close(theirs)
	env := o.Env
	if env == nil {
		env = os.Environ()
	}
	args := append([]string{os.Args[0], path}, o.Args...)
	pid, err = syscall.ForkExec("/proc/self/exe", args, &syscall.ProcAttr{
		Env:   append(env[:len(env):len(env)], line+"="+strconv.Itoa(theirs)),
		Files: []uintptr{0, 1, 2},
	})
	if err != nil {
		return fail(err)
	}
	return pid, talk, nil
}

// take traces the launcher's thread and tells it to go on.
func (t *tracer) take(talk *os.File, word byte) error {
	var b [8]byte
	if _, err := io.ReadFull(talk, b[:]); err != nil {
		return fmt.Errorf("traced: the launcher said nothing: %w", err)
	}
	tid := int(binary.NativeEndian.Uint64(b[:]))
	if err := seize(tid); err != nil {
		return fmt.Errorf("traced: ptrace: %w: %w", ErrRefused, err)
	}
	t.adopt(tid, newProcess(t.pid)) // it need not be the process's first thread
	if _, err := talk.Write([]byte{word}); err != nil {
		return fmt.Errorf("traced: %w", err)
	}
	return nil
}

// lastWords is the error that a launcher ended with.
func lastWords(said string) error {
	var at, errno int
	if _, err := fmt.Sscan(said, &at, &errno); err != nil {
		return fmt.Errorf("traced: the launcher said %q", said)
	}
	if at == atExec {
		return fmt.Errorf("%w: %w", ErrStart, syscall.Errno(errno))
	}
	return fmt.Errorf("traced: seccomp: %w: %w", ErrRefused, syscall.Errno(errno))
}

// familyOf returns the process that a thread belongs to, and that one's parent.
func familyOf(tid int) (pid, parent int, err error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(tid) + "/status")
	if err != nil {
		return 0, 0, err
	}
	for l := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(l, ":")
		if name == "Tgid" {
			pid, err = strconv.Atoi(strings.TrimSpace(value))
		}
		if name == "PPid" && err == nil {
			parent, err = strconv.Atoi(strings.TrimSpace(value))
		}
	}
	if err == nil && pid == 0 {
		err = errors.New("no Tgid")
	}
	return pid, parent, err
}
