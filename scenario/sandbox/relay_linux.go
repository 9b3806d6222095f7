package sandbox

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long the child is given to end by a signal that the terminal
// seems to have sent it, before this process passes the signal on.
const patience = time.Second

// relayed lists the signals that this process takes on the child's behalf.
// SIGHUP is left ignored where it is, as under nohup; the others are the
// child's to judge.
func relayed(prompt bool) []os.Signal {
	signals := []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM}
	if prompt {
		signals = append(signals, syscall.SIGUSR1, syscall.SIGUSR2)
	}
	if !signal.Ignored(syscall.SIGHUP) {
		signals = append(signals, syscall.SIGHUP)
	}
	return signals
}

// relay passes signals on through send until ended is closed.
//
// Ctrl-C and Ctrl-\ reach the whole foreground process group, the child
// included, and a program that takes a second Ctrl-C as "at once" must not get
// two for one. Who sent a signal Go does not tell; so one that may be the
// terminal's is passed on only if the child is still there a while later, as
// after a kill -INT aimed at this process alone.
func relay(send func(os.Signal), signals <-chan os.Signal, ended <-chan struct{}, foreground func() bool) {
	late := make(map[os.Signal]<-chan time.Time)
	for {
		select {
		case <-ended:
			return
		case s := <-signals:
			keyed := s == syscall.SIGINT || s == syscall.SIGQUIT
			if !keyed || !foreground() {
				send(s)
			} else if late[s] == nil {
				late[s] = time.After(patience)
			}
		case <-late[syscall.SIGINT]:
			delete(late, syscall.SIGINT)
			send(syscall.SIGINT)
		case <-late[syscall.SIGQUIT]:
			delete(late, syscall.SIGQUIT)
			send(syscall.SIGQUIT)
		}
	}
}

// foreground reports whether this process's group is its terminal's foreground
// group, which a key pressed there signals (tty_ioctl(4), TIOCGPGRP).
func foreground() bool {
	tty, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return false
	}
	defer unix.Close(tty)
	group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}
