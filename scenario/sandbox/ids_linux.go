package sandbox

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// ids is the identity of a sandbox, and how its user namespace maps it.
type ids struct {
	uid, gid         int
	uidMap, gidMap   []syscall.SysProcIDMap
	change, regroups bool // become uid and gid; may drop the caller's groups
}

// identity works out the maps for a child of the given ids, -1 being the
// caller's. Every id stands for itself, so that files look the same inside.
func identity(uid, gid int) (ids, error) {
	if uid == -1 {
		uid = os.Geteuid()
	}
	if gid == -1 {
		gid = os.Getegid()
	}
	able := permitted(unix.CAP_SETUID) && permitted(unix.CAP_SETGID)
	change := uid != os.Geteuid() || gid != os.Getegid()
	if change && !able {
		return ids{}, fmt.Errorf("sandbox: become uid %d gid %d: only root can: %w", uid, gid, unix.EPERM)
	}
	one := func(id int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: id, HostID: id, Size: 1}}
	}
	v := ids{uid: uid, gid: gid, uidMap: one(uid), gidMap: one(gid), change: change, regroups: able}
	if uid != 0 || !able {
		return v, nil
	}
	// Root stays root: with its own id alone mapped it could not write to
	// anyone else's directory (privileged_wrt_inode_uidgid).
	var err, err2 error
	v.uidMap, err = allIDs("/proc/self/uid_map")
	v.gidMap, err2 = allIDs("/proc/self/gid_map")
	return v, errors.Join(err, err2)
}

// allIDs maps every id that exists in this process's user namespace to itself.
func allIDs(file string) ([]syscall.SysProcIDMap, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("sandbox: read the id map: %w", err)
	}
	return parseIDs(string(text))
}

// parseIDs reads lines of "first, first outside, count" (user_namespaces(7)).
func parseIDs(text string) ([]syscall.SysProcIDMap, error) {
	var all []syscall.SysProcIDMap
	for line := range strings.Lines(text) {
		var first, outside, size int
		if _, err := fmt.Sscan(line, &first, &outside, &size); err != nil {
			return nil, fmt.Errorf("sandbox: id map line %q: %w", line, err)
		}
		all = append(all, syscall.SysProcIDMap{ContainerID: first, HostID: first, Size: size})
	}
	return all, nil
}

// attributes returns how to start the child, in the namespaces of flags.
func (v ids) attributes(flags uintptr) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{
		Cloneflags:  flags,
		UidMappings: v.uidMap,
		GidMappings: v.gidMap,
		// Without CAP_SETGID the gid map can be written only where setgroups
		// is denied for good (user_namespaces(7)).
		GidMappingsEnableSetgroups: v.regroups,
		// An ordinary user's capabilities in its new namespace do not outlive
		// an exec unless they are ambient (capabilities(7)).
		AmbientCaps: []uintptr{unix.CAP_NET_RAW, unix.CAP_NET_ADMIN},
		Pdeathsig:   syscall.SIGKILL,
	}
	if v.change {
		// No groups: what root belonged to is not the user's to keep.
		attr.Credential = &syscall.Credential{Uid: uint32(v.uid), Gid: uint32(v.gid)}
	}
	return attr
}

// permitted reports whether this process has the capability c, in its own user
// namespace.
func permitted(c uint) bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return false
	}
	return data[c/32].Permitted&(1<<(c%32)) != 0
}
