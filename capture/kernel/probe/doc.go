// Package probe asks the kernel of this machine what it says about its TCP
// sockets: its trace events, as [kernel.Signal]s. On Linux they come through eBPF
// programs on tracepoints (CAP_BPF and CAP_PERFMON, or root), which leave out in
// the kernel what is not asked for; elsewhere [Open] fails with
// [errors.ErrUnsupported].
//
//	p, err := probe.Open(probe.Options{Ports: []uint16{8080}, Own: true})
//	if err != nil {
//		return err // go on with the other witnesses
//	}
//	defer p.Close()
//	… // connections
//	signals, lost, err := p.Take()
package probe
