//go:build amd64 || arm64

package traced

import (
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// Inherited lists the descriptors above 2 that a program which is started now
// would get. Called first thing, they are those that this process was given.
func Inherited() []int {
	list := []int{}
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return list
	}
	for _, e := range entries {
		fd, err := strconv.Atoi(e.Name())
		if err != nil || fd <= 2 {
			continue
		}
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil && flags&unix.FD_CLOEXEC == 0 {
			list = append(list, fd)
		}
	}
	return list
}

// keepBut keeps from the program what it would get besides these.
func keepBut(inherit []int) {
	for _, fd := range Inherited() {
		if !slices.Contains(inherit, fd) {
			unix.CloseOnExec(fd)
		}
	}
}
