package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const nobody = 65534

// needRoot skips a test that changes ids.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root")
	}
}

// needSandbox skips a test where no sandbox can be made.
func needSandbox(t *testing.T) {
	t.Helper()
	if err := probedOnce(); err != nil {
		t.Skip("needs a private network namespace: ", err)
	}
}

var probedOnce = sync.OnceValue(func() error { return Probe().Err() })

// actor returns this test binary as the program under test, playing the part.
func actor(t *testing.T, part string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	// A race-enabled process would sleep for a second before it exits.
	cmd.Env = append(os.Environ(), role+"="+part, "SUDO_UID=", "SUDO_GID=", "GORACE=atexit_sleep_ms=0")
	cmd.Stderr = os.Stderr
	return cmd
}

// asNobody makes cmd an ordinary user's process.
func asNobody(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	needRoot(t)
	cmd.Path = readable(t, 0o755)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// readable copies this test binary to where anyone may execute it.
func readable(t *testing.T, mode os.FileMode) string {
	t.Helper()
	dir, err := os.MkdirTemp("/var/tmp", "sandbox-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return copySelf(t, filepath.Join(dir, "program"), mode)
}

func copySelf(t *testing.T, to string, mode os.FileMode) string {
	t.Helper()
	data, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(to, mode); err != nil {
		t.Fatal(err)
	}
	return to
}

// saying runs the actor and decodes the state it prints.
func saying(t *testing.T, cmd *exec.Cmd) state {
	t.Helper()
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var s state
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return s
}

// wantSandbox checks what holds in every sandbox.
func wantSandbox(t *testing.T, s state, uid, gid int) {
	t.Helper()
	if s.UID != uid || s.GID != gid {
		t.Errorf("uid %d gid %d, want %d and %d", s.UID, s.GID, uid, gid)
	}
	host, err := netNamespace()
	if err != nil {
		t.Fatal(err)
	}
	if s.Net == host {
		t.Error("the child is in the host's network namespace")
	}
	if !s.IPv4 || s.Packet != "" {
		t.Errorf("127.0.0.1 works: %v; packet socket: %q", s.IPv4, s.Packet)
	}
	if _, err := os.Stat("/proc/net/if_inet6"); err == nil && !s.IPv6 {
		t.Error("::1 does not work")
	}
	const netOnly = 1<<unix.CAP_NET_RAW | 1<<unix.CAP_NET_ADMIN
	if uid != 0 && s.Permitted != netOnly {
		t.Errorf("capabilities %#x, want %#x", s.Permitted, netOnly)
	}
}

func TestRunAsCaller(t *testing.T) {
	needSandbox(t)
	s := saying(t, actor(t, "state", "run", "--x=1", ""))
	wantSandbox(t, s, os.Getuid(), os.Getgid())
	if got := strings.Join(s.Args, ","); got != "run,--x=1," {
		t.Errorf("arguments %q", got)
	}
}

func TestRunAsOrdinaryUser(t *testing.T) {
	cmd := actor(t, "state")
	asNobody(t, cmd)
	needSandbox(t)
	wantSandbox(t, saying(t, cmd), nobody, nobody)
}

func TestRunAsInvoker(t *testing.T) {
	needRoot(t)
	needSandbox(t)
	closed := t.TempDir()
	if err := os.Chmod(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"anyone may execute":        readable(t, 0o755),
		"in a folder of root's own": copySelf(t, filepath.Join(closed, "program"), 0o755),
		"root alone may execute":    copySelf(t, filepath.Join(closed, "private"), 0o700),
	} {
		t.Run(name, func(t *testing.T) {
			cmd := actor(t, "state")
			cmd.Path = path
			cmd.Env = append(cmd.Env, "SUDO_UID=65534", "SUDO_GID=65534")
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Groups: []uint32{0, 1}}}
			s := saying(t, cmd)
			wantSandbox(t, s, nobody, nobody)
			if len(s.Groups) != 0 {
				t.Errorf("root's groups %v came along", s.Groups)
			}
		})
	}
}

// Root that stays root keeps its rights to other people's files.
func TestRunAsRootWrites(t *testing.T) {
	needRoot(t)
	needSandbox(t)
	dir := t.TempDir()
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "recording")
	if err := actor(t, "write", file).Run(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if owner := info.Sys().(*syscall.Stat_t).Uid; owner != 0 {
		t.Errorf("the file belongs to uid %d", owner)
	}
}

func TestRunNested(t *testing.T) {
	needSandbox(t)
	wantSandbox(t, saying(t, actor(t, "nested")), os.Getuid(), os.Getgid())
	t.Run("ordinary user", func(t *testing.T) {
		cmd := actor(t, "nested")
		asNobody(t, cmd)
		wantSandbox(t, saying(t, cmd), nobody, nobody)
	})
}

// A program with file capabilities is not dumpable, and executing the file
// again would displace the sandbox's capabilities.
func TestRunWithFileCapabilities(t *testing.T) {
	cmd := actor(t, "state")
	asNobody(t, cmd)
	needSandbox(t)
	// struct vfs_cap_data, revision 2, effective: CAP_NET_RAW permitted.
	value := []byte{1, 0, 0, 2, 0, 1 << (unix.CAP_NET_RAW - 8), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}
	if err := unix.Setxattr(cmd.Path, "security.capability", value, 0); err != nil {
		t.Skip("needs a file system with file capabilities: ", err)
	}
	wantSandbox(t, saying(t, cmd), nobody, nobody)
}

func TestRunExitCode(t *testing.T) {
	needSandbox(t)
	for part, want := range map[string]int{"exit": 7, "die": 128 + int(unix.SIGKILL)} {
		cmd := actor(t, part)
		var exit *exec.ExitError
		if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != want {
			t.Errorf("%s: %v, want exit status %d", part, err, want)
		}
	}
}

func TestRunForbidden(t *testing.T) {
	needRoot(t)
	needSandbox(t)
	// The limit is the namespace's own: set to 0 in a sandbox of root's, where
	// it binds that sandbox alone.
	cmd := actor(t, "nested")
	asNobody(t, cmd)
	cmd.Path, cmd.Args = "/bin/sh", []string{"sh", "-c", `echo 0 > /proc/sys/user/max_user_namespaces && exec "$0"`, cmd.Path}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: nobody, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: nobody, Size: 1}},
		Credential:  &syscall.Credential{Uid: 0, Gid: 0, NoSetGroups: true},
	}
	var text bytes.Buffer
	cmd.Stderr = &text
	var exit *exec.ExitError
	if err := cmd.Run(); !errors.As(err, &exit) || exit.ExitCode() != 3 {
		t.Fatalf("%v, want exit status 3: %s", err, text.String())
	}
	for _, want := range []string{ErrForbidden.Error(), "no space left", "user.max_user_namespaces is 0", "sysctl -w user.max_user_namespaces="} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("%q is not in %q", want, text.String())
		}
	}
}

func TestRunOtherUserTakesRoot(t *testing.T) {
	cmd := actor(t, "state")
	if os.Geteuid() == 0 {
		asNobody(t, cmd)
		cmd.Env = append(cmd.Env, "SUDO_UID=1", "SUDO_GID=1") // no root: ignored
		needSandbox(t)
		wantSandbox(t, saying(t, cmd), nobody, nobody)
		return
	}
	if _, err := Run(Options{UID: os.Getuid() + 1, GID: -1}); !errors.Is(err, unix.EPERM) || errors.Is(err, ErrForbidden) {
		t.Errorf("becoming another user: %v", err)
	}
}

func TestInside(t *testing.T) {
	own, err := netNamespace()
	if err != nil {
		t.Fatal(err)
	}
	parent := strconv.Itoa(os.Getppid())
	inode := strconv.FormatUint(own, 10)
	for name, value := range map[string]string{
		"no badge":             "",
		"rubbish":              "yes",
		"the same network":     inode + ":" + parent,
		"someone else's child": "1:1",
	} {
		t.Setenv(badge, value)
		if Inside() {
			t.Errorf("%s: %q makes this process a sandbox", name, value)
		}
	}
	if err := Up(); err == nil {
		t.Error("Up changed the host's loopback interface")
	}
}
