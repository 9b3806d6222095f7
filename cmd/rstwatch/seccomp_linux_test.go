package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// unprivileged runs the program and the arguments that it was given where no
// process can open a packet socket, in whatever namespace and whoever it is: as
// where a system makes namespaces and strips their capabilities.
func unprivileged() {
	if err := denyPacketSockets(); err != nil {
		fmt.Fprintln(os.Stderr, "unprivileged:", err)
		os.Exit(99)
	}
	program, err := exec.LookPath(os.Args[1])
	if err == nil {
		err = syscall.Exec(program, os.Args[1:], os.Environ())
	}
	fmt.Fprintln(os.Stderr, "unprivileged:", err)
	os.Exit(99)
}

// denyPacketSockets makes socket(AF_PACKET, …) fail with EPERM in this process
// and all that come of it (seccomp(2)).
func denyPacketSockets() error {
	const (
		number, domain = 0, 16 // offsets in struct seccomp_data; the low half of an argument, in little-endian order
		allow          = 0x7fff0000
		deny           = 0x00050000 | uint32(unix.EPERM)
	)
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: number, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.SYS_SOCKET, SkipTrue: 3},
		bpf.LoadAbsolute{Off: domain, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.AF_PACKET, SkipTrue: 1},
		bpf.RetConstant{Val: deny},
		bpf.RetConstant{Val: allow},
	})
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(program))
	for i, ins := range program {
		filter[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	runtime.LockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	const setModeFilter, sync = 1, 1 // SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC
	if _, _, errno := unix.Syscall(unix.SYS_SECCOMP, setModeFilter, sync, uintptr(unsafe.Pointer(&prog))); errno != 0 {
		return errno
	}
	return nil
}
