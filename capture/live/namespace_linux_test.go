package live

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// namespaceVar says in which network namespace the tests run: "private", or why
// there is none.
const (
	namespaceVar = "RSTWATCH_TEST_NAMESPACE"
	private      = "private"
	notGranted   = 77 // exit code of a child whose namespace is of no use
)

// TestMain runs the tests in a user and network namespace of their own, where
// an ordinary user may capture and nothing can touch the host. Where none can
// be made they run in place, and skip what they have no right to.
func TestMain(m *testing.M) {
	switch os.Getenv(namespaceVar) {
	case "":
		code, err := runInNamespace()
		if err == nil {
			os.Exit(code)
		}
		os.Setenv(namespaceVar, err.Error())
	case private:
		// A second child, without rights, finds the interface up already.
		if err := loopbackUp(); err != nil && os.Getenv(withoutRightVar) == "" {
			fmt.Fprintln(os.Stderr, "set lo up:", err)
			os.Exit(notGranted)
		}
	}
	os.Exit(m.Run())
}

// runInNamespace runs this program again as the only one in new namespaces.
func runInNamespace() (code int, err error) {
	cmd, err := again(os.Args[1:]...)
	if err != nil {
		return 0, err
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Env = append(cmd.Environ(), namespaceVar+"="+private)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
		AmbientCaps: []uintptr{unix.CAP_NET_RAW, unix.CAP_NET_ADMIN},
		Pdeathsig:   syscall.SIGKILL,
	}
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == notGranted:
		return 0, errors.New("a private namespace grants no CAP_NET_ADMIN")
	case errors.As(err, &exit):
		return max(1, exit.ExitCode()), nil
	case err != nil:
		return 0, fmt.Errorf("no private namespace: %w", err)
	}
	return 0, nil
}

// again is a command that runs this program.
func again(args ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return exec.Command(self, args...), nil
}

func loopbackUp() error { return setLoopback(netlink.LinkSetUp) }

func setLoopback(set func(netlink.Link) error) error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return set(lo)
}

// needNamespace skips a test that changes the interfaces, unless they are its
// own.
func needNamespace(t *testing.T) {
	t.Helper()
	if got := os.Getenv(namespaceVar); got != private {
		t.Skipf("needs a private network namespace with CAP_NET_ADMIN: %s", got)
	}
}
