//go:build amd64 || arm64

package traced

import (
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// options of the trace: all that a traced thread starts is traced too, and dies
// with the tracer, without which its calls would fail with ENOSYS.
const options = unix.PTRACE_O_TRACESECCOMP | unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_EXITKILL |
	unix.PTRACE_O_TRACEFORK | unix.PTRACE_O_TRACEVFORK | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_TRACEEXIT

// syscallInfo is struct ptrace_syscall_info (ptrace(2), Linux 5.3), the same on
// every architecture. At an exit stop first is the result.
type syscallInfo struct {
	op    uint8
	_     [3]uint8
	arch  uint32
	_     [2]uint64
	first uint64 // the call's number, or what it returned
	args  [6]uint64
	_     uint64
}

func ptrace(request, tid int, addr, data uintptr) error {
	// None of these calls waits for anything.
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, uintptr(request), uintptr(tid), addr, data, 0, 0)
	if errno != 0 {
		return errno
	}
	return nil
}

func seize(tid int) error { return ptrace(unix.PTRACE_SEIZE, tid, 0, options) }

// listen leaves a thread in its group stop, until it is continued or signalled.
func listen(tid int) error { return ptrace(unix.PTRACE_LISTEN, tid, 0, 0) }

func infoOf(tid int) (info syscallInfo, err error) {
	_, _, errno := unix.RawSyscall6(unix.SYS_PTRACE, unix.PTRACE_GET_SYSCALL_INFO, uintptr(tid), unsafe.Sizeof(info), uintptr(unsafe.Pointer(&info)), 0, 0)
	if errno != 0 {
		return info, errno
	}
	return info, nil
}

// peek reads from a stopped thread's memory; fewer octets where it ends.
func peek(tid int, addr uint64, into []byte) int {
	if len(into) == 0 || addr == 0 {
		return 0
	}
	local := []unix.Iovec{{Base: &into[0]}}
	local[0].SetLen(len(into))
	n, err := unix.ProcessVMReadv(tid, local, []unix.RemoteIovec{{Base: uintptr(addr), Len: len(into)}}, 0)
	runtime.KeepAlive(into)
	if err != nil {
		return 0
	}
	return n
}
