//go:build amd64 || arm64

package probe

import (
	"errors"
	"fmt"
	"strings"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// program is one program of bpf/signals.c, and what it is there for.
type program struct {
	name    string
	event   string // the tracepoint
	kind    kernel.Kind
	process bool // only where processes are followed; with call: there, or where calls are asked for
	call    bool // only where calls are asked for
}

// programs is the list of them. That of an event without a reason is not in it:
// see choose.
var programs = []program{
	{name: "on_send_reset", event: "tcp_send_reset", kind: kernel.SendReset},
	{name: "on_receive_reset", event: "tcp_receive_reset", kind: kernel.ReceiveReset},
	{name: "on_error_report", event: "inet_sk_error_report", kind: kernel.ErrorReport},
	{name: "on_set_state", event: "inet_sock_set_state", kind: kernel.SetState},
	{name: "on_send_length", event: "sock_send_length", kind: kernel.SendLength},
	{name: "on_recv_length", event: "sock_recv_length", kind: kernel.RecvLength},
	{name: "on_retransmit", event: "tcp_retransmit_skb", kind: kernel.Retransmit},
	{name: "on_fork", event: "sched_process_fork", kind: kernel.Fork, process: true},
	{name: "on_exit", event: "sched_process_exit", kind: kernel.Exit, process: true, call: true},
	{name: "on_enter", event: "sys_enter", call: true},
	{name: "on_return", event: "sys_exit", kind: kernel.Return, call: true},
}

// withoutReason is the program for a tcp_send_reset of two arguments.
const withoutReason = "on_send_reset_old"

// choose takes out of spec the programs that are not asked for and those whose
// event the kernel does not have, and says what is left.
func choose(spec *ebpf.CollectionSpec, types *btf.Spec, o Options) (Offer, error) {
	offer := Offer{Backend: "ebpf", Whole: true}
	keep := make(map[string]bool)
	for _, p := range programs {
		if !(p.process && len(o.Processes) > 0 || p.call && o.Calls || !p.process && !p.call) {
			continue
		}
		if o.Calls && len(o.Processes) == 0 && (p.kind == kernel.SendLength || p.kind == kernel.RecvLength) {
			continue // the call's return says the same, and more
		}
		n, err := arguments(types, p.event)
		if o.lacks(p.kind) {
			err = btf.ErrNotFound
		}
		switch {
		case errors.Is(err, btf.ErrNotFound):
			if p.kind != 0 {
				offer.Missing = append(offer.Missing, p.kind)
			}
			continue
		case err != nil:
			return Offer{}, err
		}
		if p.kind == kernel.SendReset {
			if offer.Reasons = n >= 3 && o.Lack&NoReasons == 0; !offer.Reasons {
				p.name = withoutReason
			}
		}
		keep[p.name] = true
		if p.kind != 0 {
			offer.Kinds = append(offer.Kinds, p.kind)
		}
	}
	for name := range spec.Programs {
		if !keep[name] {
			delete(spec.Programs, name)
		}
	}
	return offer, nil
}

// lacks reports whether an event is not to be used, for a test.
func (o *Options) lacks(k kernel.Kind) bool {
	return o.Lack&NoLengths != 0 && (k == kernel.SendLength || k == kernel.RecvLength)
}

// arguments returns how many arguments a tracepoint of the kernel has:
// btf_trace_NAME is the type of a function that gets a cookie before them. The
// error of a tracepoint that it does not have is [btf.ErrNotFound].
func arguments(types *btf.Spec, event string) (int, error) {
	var def *btf.Typedef
	if err := types.TypeByName("btf_trace_"+event, &def); err != nil {
		return 0, fmt.Errorf("the kernel's event %s: %w", event, err)
	}
	if pointer, ok := def.Type.(*btf.Pointer); ok {
		if f, ok := pointer.Target.(*btf.FuncProto); ok {
			return max(0, len(f.Params)-1), nil
		}
	}
	return 0, fmt.Errorf("the kernel's event %s is of type %v", event, def.Type)
}

// reasons reads the names of enum sk_rst_reason as this kernel numbers them; they
// were renumbered more than once.
func reasons(types *btf.Spec) map[uint32]string {
	var enum *btf.Enum
	names := make(map[uint32]string)
	if types.TypeByName("sk_rst_reason", &enum) != nil {
		return names // before Linux 6.10
	}
	for _, v := range enum.Values {
		names[uint32(v.Value)] = strings.TrimPrefix(v.Name, "SK_RST_REASON_")
	}
	return names
}

// hasCasts reports whether programs can say what is at an address, and then read it as
// it stands there: since Linux 6.2.
func hasCasts(types *btf.Spec) bool {
	var f *btf.Func
	return types.TypeByName("bpf_rdonly_cast", &f) == nil
}

// set writes what is asked for into the programs' constants.
func set(spec *ebpf.CollectionSpec, types *btf.Spec, o Options) error {
	var traced [512]uint16
	for _, c := range socketCalls() {
		traced[c.number] = shapeTraced | c.shape
	}
	values := map[string]any{
		"by_port": len(o.Ports) > 0, "by_process": len(o.Processes) > 0, "traced": traced, "set_option": uint32(unix.SYS_SETSOCKOPT),
		"casts": o.Lack&NoCasts == 0 && hasCasts(types),
	}
	for name, value := range values {
		v := spec.Variables[name]
		if v == nil {
			return fmt.Errorf("the programs have no %s", name)
		}
		if err := v.Set(value); err != nil {
			return fmt.Errorf("set %s: %w", name, err)
		}
	}
	return nil
}
