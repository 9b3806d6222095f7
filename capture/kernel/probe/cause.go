package probe

import (
	"errors"
	"strconv"
	"strings"
)

// Error says why the kernel can not be asked, and what would help. It wraps the
// cause, and [ErrPermission] or [errors.ErrUnsupported] where it is one of these.
type Error struct {
	Because string // in words
	Remedy  string // "" if nothing is known to help
	Err     error
}

// Error says why.
func (e *Error) Error() string { return "probe: " + e.Because }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Because says in words why the kernel can not be asked: of an [Error] without
// what it is about.
func Because(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Because
	}
	return err.Error()
}

// circumstances are what decides whether a process may ask the kernel.
type circumstances struct {
	status   string // /proc/self/status
	uids     string // /proc/self/uid_map
	lockdown string // /sys/kernel/security/lockdown
}

// Capabilities, by their bits (capability.h).
const (
	capSysAdmin = 21
	capPerfmon  = 38
	capBPF      = 39
)

// refused says what forbids bpf(2) to a process: the first thing that would have
// to change.
func (c circumstances) refused(err error) error {
	joined := errors.Join(ErrPermission, err)
	switch caps, _ := strconv.ParseUint(c.field("CapEff"), 16, 64); {
	case !c.first():
		return &Error{"not permitted to a user namespace's root; it takes root of the host", "sudo rstwatch run", joined}
	case caps>>capSysAdmin&1 == 0 && (caps>>capBPF&1 == 0 || caps>>capPerfmon&1 == 0):
		return &Error{ErrPermission.Error(), "sudo rstwatch run", joined}
	case c.confidential():
		return c.locked(joined)
	case c.field("Seccomp") == "2":
		return &Error{"a seccomp filter, as of a container, forbids bpf(2) to this process",
			"outside of the container, or with a profile that allows bpf(2): docker run --security-opt seccomp=unconfined", joined}
	}
	return &Error{"bpf(2) was refused although this process has the rights: " + err.Error(), "", joined}
}

// locked is the refusal of a kernel that keeps its memory to itself: programs are
// loaded, but not those that read a socket.
func (c circumstances) locked(err error) error {
	return &Error{"the kernel is locked down (confidentiality): eBPF programs may not read its memory",
		"boot with lockdown=integrity", err}
}

func (c circumstances) confidential() bool { return strings.Contains(c.lockdown, "[confidentiality]") }

// first reports whether the process is in the first user namespace; one that can
// not tell is.
func (c circumstances) first() bool {
	words := strings.Fields(c.uids)
	return len(words) == 0 || len(words) == 3 && words[0] == "0" && words[1] == "0" && words[2] == "4294967295"
}

// field returns a field of status.
func (c circumstances) field(name string) string {
	for line := range strings.Lines(c.status) {
		if value, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
