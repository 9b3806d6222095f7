package traced

import (
	"errors"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
)

// Options say what [Run] runs.
type Options struct {
	Args []string // the command and its arguments; it is looked up in PATH, as exec.LookPath does
	Env  []string // "NAME=value"; nil for this process's environment

	// Inherit are the descriptors above 2 that the program gets, as [Inherited] lists
	// them: libraries may have opened others since. nil for all that it can get.
	Inherit []int

	// Untold lets calls run at full speed, unseen: another witness tells of them. The
	// program is followed all the same, for its end and its signals, and for what
	// its processes leave open.
	Untold bool

	// Left is called, if it is not nil, when the program itself has ended, and
	// processes that it has started have not. It must not block.
	Left func()
}

// Result is how a program ended, and what it did until then.
type Result struct {
	Code   int              // the exit code; 128 and the signal's number if a signal ended it
	Events []scenario.Event // in order of Start; a call that never returned has a zero End. None if they were to be untold

	// Endings are the ends of processes that left sockets open, in order of End;
	// only if the calls were to be untold.
	Endings []journal.Ending
}

// Why a program was not run; matched with errors.Is.
var (
	// ErrUnsupported: this system has no ptrace(2) and seccomp(2) of this kind.
	ErrUnsupported = errors.New("calls of other programs can be witnessed on Linux (amd64, arm64) alone")
	// ErrRefused: tracing or filtering a child is not allowed here, as in some
	// containers, where kernel.yama.ptrace_scope is 3, or under strace(1).
	ErrRefused = errors.New("tracing a child process is not allowed here")
	// ErrStart: the command was found and could not be executed.
	ErrStart = errors.New("the command can not be executed")
)
