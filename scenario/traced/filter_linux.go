//go:build amd64 || arm64

package traced

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data, of a little-endian machine; an argument's low
// half is its first.
const (
	dataNumber = 0
	dataArch   = 4
	dataArgs   = 16
)

// condition is what the low half of an argument must be for a call to be
// stopped, once mask is applied: one of the values.
type condition struct {
	arg, mask uint32
	values    []uint32
}

// filter stops the calls that can concern a TCP socket and lets all others go, but
// for one that would hide them.
func filter() []unix.SockFilter {
	p := numbered()
	for _, c := range calls() {
		if len(c.when) == 0 {
			p = append(p, unless(uint32(c.number), 1), stop())
			continue
		}
		var test []unix.SockFilter
		for _, w := range c.when {
			test = append(test, load(dataArgs+8*w.arg), unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: w.mask})
			for i, v := range w.values {
				// to behind the refusal that follows the last
				test = append(test, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: v, Jt: uint8(len(w.values) - i)})
			}
			test = append(test, allow())
		}
		test = append(test, stop())
		p = append(p, unless(uint32(c.number), uint8(len(test))))
		p = append(p, test...)
	}
	return append(p, withoutUring()...)
}

// untold stops no call. The kernel knows beforehand which calls it allows, and does
// not run it for them (seccomp_cache_check_allow, since Linux 5.11).
func untold() []unix.SockFilter { return append(numbered(), withoutUring()...) }

// numbered begins a filter with the call's number.
func numbered() []unix.SockFilter {
	return []unix.SockFilter{
		load(dataArch), {Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: audit, Jt: 1}, allow(), // another architecture's numbers mean other calls
		load(dataNumber),
	}
}

// withoutUring ends a filter: what io_uring(7) does is seen by nobody here. Programs
// know of kernels that have none.
func withoutUring() []unix.SockFilter {
	return []unix.SockFilter{
		unless(unix.SYS_IO_URING_SETUP, 1), {Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)},
		allow(),
	}
}

func load(at uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
}

// unless goes on behind so many instructions unless A is value.
func unless(value uint32, skip uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: skip, K: value}
}

func allow() unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW}
}

func stop() unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_TRACE}
}

// install puts a filter on this thread and on all that it will start.
func install(p []unix.SockFilter) error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	prog := unix.SockFprog{Len: uint16(len(p)), Filter: &p[0]}
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, 0, uintptr(unsafe.Pointer(&prog))); errno != 0 {
		return errno
	}
	return nil
}
