package live

import (
	"os"

	"golang.org/x/sys/unix"
)

func align(n, to int) int { return (n + to - 1) &^ (to - 1) }

// mapped maps the ring of a packet socket. The memory is the kernel's and
// not limited by net.core.rmem_max.
func mapped(fd, size int) ([]byte, error) {
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	return mem, os.NewSyscallError("mmap", err)
}

// unmap ends the use of a mapping; more calls do nothing.
func unmap(mem *[]byte) error {
	m := *mem
	if m == nil {
		return nil
	}
	*mem = nil
	return os.NewSyscallError("munmap", unix.Munmap(m))
}
