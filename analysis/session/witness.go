package session

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
)

// ask opens the third witness for a session on these ports: the kernel. It is
// nil where the kernel does not tell, and why says so: a run is explained from
// the other two all the same.
func ask(ports []uint16) (p *probe.Probe, why error) {
	return probe.Open(probe.Options{Own: true, Ports: ports})
}

// Kernel says why the kernel is not heard in this session; nil if it is.
func (s *Session) Kernel() error { return s.deaf }

// heard returns what the kernel has said of the connections of a run since it was
// last asked. After a fence nothing of the run is missing: it was dropped on
// every CPU, where the call, the softirq or the timer that sends an RST also
// raises the event. What was lost leaves reasons unheard, and nothing worse.
func (s *Session) heard(segments []capture.Segment) []kernel.Signal {
	if s.kernel == nil {
		return nil
	}
	all, _, err := s.kernel.Take()
	if err != nil {
		s.deaf = err
	}
	return about(all, segments)
}

// about keeps the signals of sockets whose segments are in the list, and numbers
// them.
func about(all []kernel.Signal, segments []capture.Segment) (kept []kernel.Signal) {
	type pair struct{ local, remote netip.AddrPort }
	pairs := make(map[pair]bool)
	ports := make(map[netip.AddrPort]bool)
	for i := range segments {
		s := &segments[i]
		pairs[pair{s.Src, s.Dst}], pairs[pair{s.Dst, s.Src}] = true, true
		ports[s.Src], ports[s.Dst] = true, true
	}
	direct := func(s *kernel.Signal) bool {
		return pairs[pair{s.Local, s.Remote}] ||
			s.Kind == kernel.SendReset && s.Answers && s.Remote.Addr().IsUnspecified() && ports[s.Local]
	}
	sockets := make(map[uint64]bool)
	for i := range all {
		if s := &all[i]; s.Socket != 0 && pairs[pair{s.Local, s.Remote}] && !s.Answers {
			sockets[s.Socket] = true // also before it had a port: SYN_SENT
		}
	}
	for i := range all {
		if s := all[i]; direct(&s) || sockets[s.Socket] {
			s.ID = len(kept) + 1
			s.PID, s.TID, s.Comm = 0, 0, "" // who had the CPU explains nothing of a run that has its calls
			kept = append(kept, s)
		}
	}
	return kept
}
