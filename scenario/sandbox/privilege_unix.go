//go:build unix

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// GiveUpRoot makes every thread of this process uid's and gid's for good, with
// the given supplementary groups ([Groups] finds them). It fails if this
// process is not root, if uid or gid is root's, or if root could be had back
// afterwards; after a failure the process may be half changed and must exit.
//
// What is open stays open: handles, probes, listeners. On Linux such a process
// can not make sandboxes any more, for the kernel guards it like a
// set-user-ID program (PR_SET_DUMPABLE): make them first.
func GiveUpRoot(uid, gid int, groups []int) error {
	if os.Geteuid() != 0 {
		return fmt.Errorf("sandbox: give root up: this process has uid %d: %w", os.Geteuid(), syscall.EPERM)
	}
	if uid <= 0 || gid <= 0 {
		return fmt.Errorf("sandbox: give root up: uid %d gid %d is root's: %w", uid, gid, syscall.EINVAL)
	}
	// In this order: once the uid is changed the rest is no longer allowed.
	if err := syscall.Setgroups(groups); err != nil {
		return fmt.Errorf("sandbox: give root up: setgroups %v: %w", groups, err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("sandbox: give root up: setgid %d: %w", gid, err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("sandbox: give root up: setuid %d: %w", uid, err)
	}
	return verifyGone(uid, gid)
}

// verifyGone proves that root is gone by failing to become root again, which
// sees the saved ids too.
func verifyGone(uid, gid int) error {
	if os.Getuid() != uid || os.Geteuid() != uid || os.Getgid() != gid || os.Getegid() != gid {
		return fmt.Errorf("sandbox: give root up: still uid %d/%d gid %d/%d", os.Getuid(), os.Geteuid(), os.Getgid(), os.Getegid())
	}
	if syscall.Setuid(0) == nil || syscall.Setgid(0) == nil {
		return errors.New("sandbox: give root up: root could be had back")
	}
	return nil
}
