package scenario

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// disconnect connects a socket to an address of no family. Package unix has no
// such address.
func disconnect(fd int) error {
	nobody := unix.RawSockaddr{Family: unix.AF_UNSPEC}
	_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&nobody)), unsafe.Sizeof(nobody))
	if errno != 0 {
		return os.NewSyscallError("connect", errno)
	}
	return nil
}
