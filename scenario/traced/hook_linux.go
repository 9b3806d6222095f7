//go:build amd64 || arm64

package traced

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// line is the environment variable that tells a launcher the number of its
// descriptor to the tracer.
const line = "RSTWATCH_TRACED"

// What the tracer tells a launcher that it traces.
const (
	onTrial = 't' // that was all
	goOn    = 'g' // become the program
	goFree  = 'f' // become it, and no call is to be stopped
)

// failedAt says, in the launcher's last words, what failed.
const (
	atFilter = 1
	atExec   = 2
)

// Hook makes this process a traced program, if [Run] has started it for that; it
// then does not return, but where that failed. It reports false, at once, in
// every other process.
func Hook() bool {
	fd, err := strconv.Atoi(os.Getenv(line))
	if err != nil || len(os.Args) < 3 {
		return false
	}
	// Who is traced is this thread. It must be the one that becomes the program.
	runtime.LockOSThread()
	unix.CloseOnExec(fd)
	env := slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, line+"=") })
	at, err := become(fd, os.Args[1], os.Args[2:], env)
	errno, _ := err.(syscall.Errno)
	fmt.Fprintln(os.NewFile(uintptr(fd), "tracer"), at, int(errno))
	os.Exit(125)
	return true
}

// become waits until this thread is traced, and becomes the program.
func become(fd int, path string, args, env []string) (at int, err error) {
	var tid [8]byte
	binary.NativeEndian.PutUint64(tid[:], uint64(unix.Gettid()))
	if _, err := unix.Write(fd, tid[:]); err != nil {
		return atFilter, err
	}
	if n, err := unix.Read(fd, tid[:1]); n != 1 {
		return atFilter, err
	}
	trial, p := tid[0] == onTrial, filter()
	if tid[0] == goFree {
		p = untold()
	}
	if err := disown(); err != nil {
		return atFilter, err
	}
	if err := install(p); err != nil {
		return atFilter, err
	}
	if trial {
		os.Exit(0)
	}
	return atExec, syscall.Exec(path, args, env)
}

// disown keeps this thread's capabilities, which are for the private network, from
// passing on to the program, unless it is root's (capabilities(7)).
func disown() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return err
	}
	// What is not inheritable is no more ambient either.
	data[0].Inheritable, data[1].Inheritable = 0, 0
	return unix.Capset(&header, &data[0])
}
