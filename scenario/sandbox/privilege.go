package sandbox

import (
	"os"
	"os/user"
	"slices"
	"strconv"
)

// Invoker returns who called sudo, from SUDO_UID and SUDO_GID. They count only
// in a process that is root, and only if both name someone other than root;
// ok is false otherwise.
func Invoker() (uid, gid int, ok bool) {
	return invoker(os.Geteuid(), os.Getenv)
}

func invoker(euid int, getenv func(string) string) (uid, gid int, ok bool) {
	if euid != 0 {
		return 0, 0, false
	}
	uid, okUID := parseID(getenv("SUDO_UID"))
	gid, okGID := parseID(getenv("SUDO_GID"))
	if !okUID || !okGID {
		return 0, 0, false
	}
	return uid, gid, true
}

// parseID reads an id that a process can have and that is not root's; the
// largest, -1, means "leave as it is" to setuid's relatives.
func parseID(s string) (int, bool) {
	id, err := strconv.ParseUint(s, 10, 32)
	return int(id), err == nil && id != 0 && id != 1<<32-1
}

// Groups returns the groups that uid belongs to, for [GiveUpRoot]: gid first,
// then the supplementary ones of the user database. Where those can not be
// looked up it returns gid alone.
func Groups(uid, gid int) []int {
	groups := []int{gid}
	account, err := user.LookupId(strconv.Itoa(uid))
	if err != nil {
		return groups
	}
	names, err := account.GroupIds()
	if err != nil {
		return groups
	}
	for _, name := range names {
		// Root's group would leave a way back to root's files.
		if id, ok := parseID(name); ok && !slices.Contains(groups, id) {
			groups = append(groups, id)
		}
	}
	return groups
}
