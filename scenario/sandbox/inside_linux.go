package sandbox

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// badge is the environment variable by which a child knows its parent: the
// inode of the parent's network namespace and the parent's process id.
const badge = "RSTWATCH_SANDBOX"

// Inside reports whether this process is a child of [Run]. The environment
// alone does not decide: the parent that it names must be this process's
// parent, and this process's network namespace must be another than the
// parent's. A program started from inside, or one that merely inherited the
// variable, is not such a child.
func Inside() bool {
	inode, ppid, ok := parseBadge(os.Getenv(badge))
	if !ok || ppid != os.Getppid() {
		return false
	}
	own, err := netNamespace()
	return err == nil && own != inode
}

// Descends reports whether this process is a child of [Run] or [Start], or was
// started by one, at any remove, and shares a sandbox's network with it: that is
// up, and needs no [Up].
func Descends() bool {
	inode, _, ok := parseBadge(os.Getenv(badge))
	if !ok {
		return false
	}
	own, err := netNamespace()
	return err == nil && own != inode
}

// makeBadge returns the environment entry for a child of this process.
func makeBadge() (string, error) {
	inode, err := netNamespace()
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s=%d:%d", badge, inode, os.Getpid()), nil
}

// Environment returns this process's environment without what a sandbox has
// added for itself: what other programs are to be given.
func Environment() []string {
	return slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, badge+"=") })
}

func parseBadge(s string) (inode uint64, ppid int, ok bool) {
	head, tail, found := strings.Cut(s, ":")
	inode, err := strconv.ParseUint(head, 10, 64)
	if !found || err != nil {
		return 0, 0, false
	}
	ppid, err = strconv.Atoi(tail)
	return inode, ppid, err == nil
}

// netNamespace returns the inode of this process's network namespace, which
// identifies it for as long as it exists (namespaces(7)).
func netNamespace() (uint64, error) {
	info, err := os.Stat("/proc/self/ns/net")
	if err != nil {
		return 0, fmt.Errorf("sandbox: find the own network namespace: %w", err)
	}
	return info.Sys().(*syscall.Stat_t).Ino, nil
}
