package probe

import (
	"errors"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// ErrPermission says that this process may not ask the kernel. It is wrapped in
// errors that say what was refused.
var ErrPermission = errors.New("not permitted; it takes CAP_BPF and CAP_PERFMON, or root")

// Options say which signals are wanted. The kernel leaves out all others.
type Options struct {
	Backend   string   // "ebpf" or "tracefs"; "" for the first of them that this process may use
	Own       bool     // those of this process's network namespace only
	Ports     []uint16 // those of sockets with one of these ports, at either end; none: any port. At most 1024
	Processes []int    // those of these processes, their children and the sockets they use; none: of any process
	Calls     bool     // also the system calls on sockets, see [kernel.Return]
}

// Offer says what this kernel gives, and so what an explanation goes without.
type Offer struct {
	Backend string        // how the signals come: "ebpf" or "tracefs"
	Kinds   []kernel.Kind // the events that it has
	Reasons bool          // an RST's signal says why it was sent (since Linux 6.10)
	Missing []kernel.Kind // the events that this kernel does not have
}
