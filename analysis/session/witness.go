package session

import (
	"net/netip"
	"sync"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
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

// listen begins to ask for the third witness; what it returns waits until that has
// come to an end. The capture is proven ready meanwhile.
func (s *Session) listen(o Options, ports []uint16) (wait func()) {
	if s.kernel = o.Kernel; s.kernel != nil {
		return func() {}
	}
	var asked sync.WaitGroup
	asked.Go(func() {
		if s.kernel, s.deaf = ask(ports); s.deaf != nil && o.Deaf != nil {
			s.deaf = o.Deaf
		}
	})
	return asked.Wait
}

// Kernel says why the kernel is not heard in this session; nil if it is.
func (s *Session) Kernel() error { return s.deaf }

// forget drops what the kernel has said until now: a run is about to begin.
func (s *Session) forget() {
	if s.kernel == nil {
		return
	}
	if _, _, err := s.kernel.Take(); err != nil {
		s.deaf = err
	}
}

// heard returns what the kernel has said of the connections of a run that began
// at from, and how far it was heard.
func (s *Session) heard(from time.Time, segments []capture.Segment) ([]kernel.Signal, analysis.Hearing) {
	all, h := s.said(from)
	return about(all, segments), h
}

// said returns what the kernel has said since from. After a fence nothing is missing:
// it was dropped on every CPU, where the call, the softirq or the timer that sends
// an RST also raises the event. A frame's stamp is up to a moment earlier than the event.
func (s *Session) said(from time.Time) ([]kernel.Signal, analysis.Hearing) {
	if s.kernel == nil {
		h := analysis.Hearing{}
		if s.deaf != nil {
			h.Without = probe.Because(s.deaf)
		}
		return nil, h
	}
	all, lost, err := s.kernel.Take()
	o := s.kernel.Offer()
	h := analysis.Hearing{Backend: o.Backend, Whole: o.Whole, From: from, To: time.Now(), Lost: lost, Without: o.Without()}
	if err == nil {
		err = s.deaf
	}
	if err != nil {
		s.deaf = err
		h.Whole, h.Without = false, probe.Because(err)
	}
	return all, h
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
