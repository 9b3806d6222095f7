package calls

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// maxErrno is the last that the kernel returns (MAX_ERRNO).
const maxErrno = 4095

// number returns the errno that has a name; one that this system does not know is
// told as the last.
func number(name string) syscall.Errno {
	if name == "" {
		return 0
	}
	for e := syscall.Errno(1); e < 200; e++ {
		if unix.ErrnoName(e) == name {
			return e
		}
	}
	return maxErrno
}
