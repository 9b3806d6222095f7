package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// feed PIPE FILE writes a file into a named pipe, and waits until all of it has
// been read; "feed PIPE" alone closes the pipe.
func feed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: feed PIPE [FILE]")
	}
	a := ts.Value(awaitedKey{}).(*awaited)
	switch {
	case len(args) == 1 && a.pipe != nil:
		ts.Check(a.pipe.Close())
		a.pipe = nil
		return
	case len(args) == 1 || a.pipe != nil: // a new reader would find the end of the old pipe
		ts.Fatalf("a pipe is closed once before it is fed again")
	}
	pipe, err := feedPipe(ts.MkAbs(args[0]), []byte(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Defer(func() { pipe.Close() })
	a.pipe = pipe
}

// feedPipe waits until somebody reads a named pipe, and until he has read all of
// what is written: no more than the pipe holds (pipe(7)). Then he waits for more,
// until the caller closes it.
func feedPipe(path string, b []byte) (*os.File, error) {
	fd := -1
	err := until(func() bool {
		var err error // ENXIO until there is a reader (fifo(7))
		fd, err = unix.Open(path, unix.O_WRONLY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		return !errors.Is(err, syscall.ENXIO)
	})
	if err != nil || fd < 0 {
		return nil, fmt.Errorf("nobody reads %s: %w", path, err)
	}
	pipe := os.NewFile(uintptr(fd), path)
	if _, err = pipe.Write(b); err == nil {
		err = until(func() bool {
			var left int
			err := controlled(pipe, func(fd int) (err error) {
				left, err = unix.IoctlGetInt(fd, unix.TIOCINQ) // FIONREAD by another name
				return err
			})
			return err == nil && left == 0
		})
	}
	if err != nil {
		pipe.Close()
		return nil, fmt.Errorf("write into %s: %w", path, err)
	}
	return pipe, nil
}
