package sandbox

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// A program is something that the child can execute: this one.
type program struct {
	path string
	copy *os.File // holds path open; nil where path is the file itself
}

func (p *program) close() {
	if p.copy != nil {
		p.copy.Close()
	}
}

// openProgram returns this program in a form that uid can execute. That is
// /proc/self/exe, which leads to the file itself and asks for no right to the
// folders above it; or a copy in memory, where uid may not read and execute
// the file, or where the file has capabilities: those would displace the
// ambient ones (capabilities(7)).
func openProgram(uid int) (*program, error) {
	const self = "/proc/self/exe"
	info, err := os.Stat(self)
	if err != nil {
		return nil, fmt.Errorf("sandbox: find this program: %w", err)
	}
	usable := uid == os.Geteuid() || info.Mode().Perm()&0o005 == 0o005
	if usable && !hasCapabilities(self) {
		return &program{path: self}, nil
	}
	p, err := copyProgram(self)
	if err != nil {
		return nil, fmt.Errorf("sandbox: copy this program for uid %d: %w", uid, err)
	}
	return p, nil
}

func hasCapabilities(file string) bool {
	n, err := unix.Getxattr(file, "security.capability", nil)
	return err == nil && n > 0
}

// copyProgram copies the file into memory (memfd_create(2)), whose mode lets
// anyone execute it who has the descriptor.
func copyProgram(name string) (*program, error) {
	from, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	// Where vm.memfd_noexec is 1 only who asks may execute it; kernels before
	// 6.3 do not know the word.
	low, err := unix.MemfdCreate("rstwatch", flags|unix.MFD_EXEC)
	if errors.Is(err, unix.EINVAL) {
		low, err = unix.MemfdCreate("rstwatch", flags)
	}
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	// A number that the child's own files, 0 and up, do not take before the
	// exec.
	fd, err := unix.FcntlInt(uintptr(low), unix.F_DUPFD_CLOEXEC, 16)
	unix.Close(low)
	if err != nil {
		return nil, os.NewSyscallError("fcntl", err)
	}
	to := os.NewFile(uintptr(fd), "rstwatch")
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		return nil, err
	}
	// Whoever executes it shall not be able to change it.
	const seals = unix.F_SEAL_WRITE | unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_SEAL
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals); err != nil {
		to.Close()
		return nil, os.NewSyscallError("fcntl", err)
	}
	return &program{path: fmt.Sprintf("/proc/self/fd/%d", fd), copy: to}, nil
}
