//go:build amd64 || arm64

package traced

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sigaction is the kernel's struct sigaction of both architectures
// (rt_sigaction(2)).
type sigaction struct {
	handler, flags, restorer, mask uint64
}

// saNoCldStop is SA_NOCLDSTOP: no SIGCHLD for a child that only stops.
const saNoCldStop = 1

// withoutStops keeps the stops of traced threads from raising SIGCHLD, for which
// the Go runtime has a handler: it would interrupt the tracer, which waits for
// those very stops, at each of them. What it returns undoes that.
func withoutStops() (restore func()) {
	var was sigaction
	if rtSigaction(nil, &was) != 0 || was.flags&saNoCldStop != 0 {
		return func() {}
	}
	now := was
	now.flags |= saNoCldStop
	if rtSigaction(&now, nil) != 0 {
		return func() {}
	}
	return func() { _ = rtSigaction(&was, nil) } // it was accepted before
}

func rtSigaction(set, old *sigaction) syscall.Errno {
	_, _, errno := unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(unix.SIGCHLD), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)),
		unsafe.Sizeof(set.mask), 0, 0)
	return errno
}
