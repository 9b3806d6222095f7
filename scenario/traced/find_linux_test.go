//go:build amd64 || arm64

package traced

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"testing"

	"golang.org/x/sys/unix"
)

// TestFoundInBoth: a socket that a child connects, which has it from its parent, is the
// parent's too, and its own end closes nothing.
func TestFoundInBoth(t *testing.T) {
	check(t, traced(t, "lends"), "server listen", "client dial", "client write 1 of 1", "client close", "server accept", "server close", "server close")
}

// lendsVar names the address that borrows connects to.
const lendsVar = "TRACED_TEST_LENDS"

// lends makes a socket, has a child connect it, and uses it.
func lends() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return told(err)
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return told(err)
	}
	f := os.NewFile(uintptr(fd), "socket")
	self, err := os.Executable()
	if err != nil {
		return told(err)
	}
	cmd := exec.Command(self)
	cmd.Env = []string{part + "=borrows", lendsVar + "=" + l.Addr().String()}
	cmd.ExtraFiles = []*os.File{f}
	if out, err := cmd.CombinedOutput(); err != nil {
		os.Stderr.Write(out)
		return told(err)
	}
	if _, err := f.Write([]byte("a")); err != nil {
		return told(err)
	}
	f.Close()
	s, err := l.Accept()
	if err != nil {
		return told(err)
	}
	s.Close()
	return told(l.Close())
}

// borrows connects the socket that it was given.
func borrows() int {
	to, err := netip.ParseAddrPort(os.Getenv(lendsVar))
	if err != nil {
		return told(err)
	}
	return told(unix.Connect(3, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}))
}
