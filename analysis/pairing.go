package analysis

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// near is how far the stamp of a signal with another number, or none, may be from
// that of its segment. Both are the kernel's, but on a busy machine the sender can lose
// the CPU in between.
const near = 5 * time.Second

// pairResets returns the signal of each RST that has one, by segment ID. The order
// of signals says nothing: an RST that answers what an abort provoked is told of
// before that abort is. An RST whose reason the model knows comes first, for a
// forged one may be its neighbour; of several signals the one with its sequence
// number is taken, and of these the nearest.
func pairResets(segments []capture.Segment, signals []kernel.Signal, inferred func(*capture.Segment) bool) map[int]*kernel.Signal {
	pairs := make(map[int]*kernel.Signal)
	if len(signals) == 0 {
		return pairs
	}
	used := make(map[*kernel.Signal]bool)
	for _, sure := range []bool{true, false} {
		for i := range segments {
			s := &segments[i]
			if !s.Flags.Has(capture.RST) || s.ICMP.Is() || inferred(s) != sure {
				continue
			}
			if signal := signalOf(s, signals, used); signal != nil {
				used[signal], pairs[s.ID] = true, signal
			}
		}
	}
	return pairs
}

// signalOf returns the signal of an RST, or nil.
func signalOf(rst *capture.Segment, signals []kernel.Signal, used map[*kernel.Signal]bool) (best *kernel.Signal) {
	for i := range signals {
		s := &signals[i]
		if used[s] || !speaksOf(s, rst) {
			continue
		}
		if best == nil || better(s, best, rst) {
			best = s
		}
	}
	return best
}

// speaksOf reports whether a signal can be that of an RST: of the same addresses,
// and of the kind that its header shows. Where the kernel does not give a
// listener's peer, that also tells it from one with the same port in another
// namespace.
func speaksOf(s *kernel.Signal, rst *capture.Segment) bool {
	if s.Kind != kernel.SendReset || s.Local != rst.Src || s.Answers != answering(rst) {
		return false
	}
	if s.Remote != rst.Dst && !(s.Answers && s.Remote.Addr().IsUnspecified()) {
		return false
	}
	if s.Answers && s.HasSeq && !exact(s, rst) {
		return false // an answer's number is told by what it answers
	}
	return exact(s, rst) || rst.Time.Sub(s.Time).Abs() < near
}

// exact reports whether they have the same sequence number.
func exact(s *kernel.Signal, rst *capture.Segment) bool {
	return s.HasSeq && capture.Seq(s.Seq) == rst.Seq
}

func better(a, b *kernel.Signal, rst *capture.Segment) bool {
	if exact(a, rst) != exact(b, rst) {
		return exact(a, rst)
	}
	return rst.Time.Sub(a.Time).Abs() < rst.Time.Sub(b.Time).Abs()
}

// answering reports whether an RST answers a segment: without the ACK flag it
// does, and with it if that segment had none, when the number is 0 and no window
// is advertised (RFC 9293 §3.5.2).
func answering(rst *capture.Segment) bool {
	return !rst.Flags.Has(capture.ACK) || rst.Seq == 0 && rst.Window == 0
}
