package probe

import (
	"errors"
	"strings"

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
	Lack      Lack     // for tests: what is not to be used although this kernel has it
}

// Lack is what an older kernel does not have.
type Lack uint8

// What can be lacking.
const (
	NoReasons Lack = 1 << iota // before Linux 6.10 tcp_send_reset has no reason
	NoLengths                  // before Linux 6.3 there is no sock_send_length and no sock_recv_length
	NoSymbols                  // where /proc/kallsyms hides addresses a stack says nothing
	NoCasts                    // before Linux 6.2 the way from a descriptor to its socket is read field by field
)

// Offer says what this kernel gives, and so what an explanation goes without.
type Offer struct {
	Backend string        // how the signals come: "ebpf" or "tracefs"
	Kinds   []kernel.Kind // the events that it has
	Reasons bool          // an RST's signal says why it was sent (since Linux 6.10)
	Stacks  bool          // it says which functions of the kernel led to it, where it has no reason
	Whole   bool          // every RST is told of, but for what Take counts as lost
	Missing []kernel.Kind // the events that this kernel does not have
}

// Without says in words what is not told, "" if nothing is missing that an
// explanation would use.
func (o Offer) Without() string {
	var list []string
	switch {
	case o.Reasons:
	case o.Stacks:
		list = append(list, "no reason for an RST (Linux 6.10 has it): it is told from the kernel's stack, where several may be left open")
	case o.Backend == "tracefs":
		list = append(list, "no reason for an RST (Linux 6.10 has it), and through tracefs no stack to tell it from")
	default:
		list = append(list, "no reason for an RST (Linux 6.10 has it), and no symbols of the kernel to tell it from the stack (/proc/kallsyms; sysctl kernel.kptr_restrict=1)")
	}
	if !o.Whole {
		list = append(list, "not every RST: through tracefs those of other namespaces look the same, and what names no peer is left out")
	}
	if len(o.Missing) > 0 {
		var names []string
		for _, k := range o.Missing {
			names = append(names, k.String())
		}
		list = append(list, "no "+strings.Join(names, ", "))
	}
	return strings.Join(list, "; ")
}
