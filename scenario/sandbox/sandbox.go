package sandbox

import (
	"errors"
	"io"
	"os"
)

// Options says what [Run] and [Start] start, and as whom.
type Options struct {
	Args []string // the child's arguments; nil for this process's own, os.Args[1:]

	// UID and GID say whose process the child becomes; -1 is the caller's own.
	// Only root can name another. Root that stays root keeps its rights to
	// files, but none over the host's network.
	UID, GID int

	Env []string // "NAME=value", added to this process's environment

	// Prompt makes Run pass on every signal at once, SIGUSR1 and SIGUSR2 too, also
	// one that the terminal has sent both processes: for a child that is in another
	// process group, or can tell.
	Prompt bool

	// Stdin is what a child of Run reads; nil for this process's standard input.
	Stdin io.Reader

	// Stderr is where the standard error of a child of Start goes, as in
	// [os/exec.Cmd].
	Stderr io.Writer

	Files []*os.File // the child's open files from descriptor 3 on

	// Started is given the child's process id once that runs. May be nil.
	Started func(pid int)
}

// Why a sandbox is not to be had; matched with errors.Is. The error that wraps
// one of them names the kernel setting in the way, where one was found, and
// the command that mends it.
var (
	// ErrForbidden: the namespaces can not be made (EPERM, ENOSPC, ENOSYS, …).
	ErrForbidden = errors.New("private network namespaces can not be made here")
	// ErrStripped: the namespaces were made, but grant no capabilities, as by
	// AppArmor on Ubuntu 23.10 and later and in some containers.
	ErrStripped = errors.New("private network namespaces grant no capabilities here")
)
