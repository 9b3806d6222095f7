package lab

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// holder is the name, in place of the program's own, by which hook knows a
	// process of Process's.
	holder = "rstwatch-lab-process"
	// holderFD is the descriptor on which it is given sockets.
	holderFD = 3
	// patience is how long it may take over anything.
	patience = 10 * time.Second
)

// peer is the parent's end of a process.
type peer struct {
	conn  *net.UnixConn
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has been waited for
}

func (p *peer) start(name string) error {
	conn, theirs, err := channel()
	if err != nil {
		return fmt.Errorf("open a channel to it: %w", err)
	}
	p.conn, p.ended = conn, make(chan struct{})
	p.cmd = exec.Command("/proc/self/exe", name)
	p.cmd.Args[0] = holder
	p.cmd.ExtraFiles = []*os.File{theirs}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go p.attend(started)
	err = <-started
	theirs.Close()
	if err != nil {
		conn.Close()
		return err
	}
	if err := p.answer(); err != nil {
		return errors.Join(fmt.Errorf("does the program call lab.Hook first thing? %w", err), p.kill())
	}
	return nil
}

// attend starts the process and waits for its end, in one thread: the kernel
// sends Pdeathsig when the thread that forked ends (prctl(2)).
func (p *peer) attend(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err == nil {
		_ = p.cmd.Wait() // that it was killed is no news
		close(p.ended)
	}
}

// channel returns both ends of a pair of sockets that keeps messages apart.
func channel() (ours *net.UnixConn, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	theirs = os.NewFile(uintptr(fds[1]), "channel")
	if ours, err = unixConn(fds[0]); err != nil {
		theirs.Close()
		return nil, nil, err
	}
	return ours, theirs, nil
}

// unixConn takes the descriptor over.
func unixConn(fd int) (*net.UnixConn, error) {
	f := os.NewFile(uintptr(fd), "channel")
	if f == nil {
		return nil, unix.EBADF
	}
	defer f.Close()
	c, err := net.FileConn(f)
	if err != nil {
		return nil, err
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("descriptor %d: %w", fd, unix.ENOTSOCK)
	}
	return u, nil
}

// answer waits for the octet by which the process says that it has done as
// asked.
func (p *peer) answer() error {
	if err := p.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	_, err := p.conn.Read(make([]byte, 1))
	return err
}

func (p *peer) give(fd int) error {
	if err := p.conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, _, err := p.conn.WriteMsgUnix([]byte{0}, unix.UnixRights(fd), nil); err != nil {
		return err
	}
	return p.answer()
}

func (p *peer) kill() error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.ended
	p.conn.Close()
	return nil
}

// hook holds what it is given until the parent is gone.
func hook() bool {
	if os.Args[0] != holder {
		return false
	}
	conn, err := unixConn(holderFD)
	if err != nil {
		return true // not started by Process: there is nobody to tell
	}
	oob := make([]byte, unix.CmsgSpace(4))
	for {
		if _, err := conn.Write([]byte{0}); err != nil {
			return true
		}
		// The descriptors that come along stay open: nothing closes them.
		if n, _, _, _, err := conn.ReadMsgUnix(make([]byte, 1), oob); n == 0 || err != nil {
			return true
		}
	}
}
