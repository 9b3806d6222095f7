package session

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// divide returns what gives the signals of the connection that segments are of, as
// [about] does, without looking through all of them each time.
func divide(all []kernel.Signal) func([]capture.Segment) []kernel.Signal {
	whole := func(s *kernel.Signal) bool { return s.Local.Port() != 0 && s.Remote.Port() != 0 }
	sockets := make(map[uint64]pair)
	for i := range all {
		if s := &all[i]; s.Socket != 0 && whole(s) && !s.Answers {
			sockets[s.Socket] = pairOf(s.Local, s.Remote)
		}
	}
	pairs := make(map[pair][]int)
	var rest []int
	for i := range all {
		s := &all[i]
		of, known := sockets[s.Socket]
		switch {
		case whole(s):
			of = pairOf(s.Local, s.Remote)
			pairs[of] = append(pairs[of], i)
		case known: // before it had a port
			pairs[of] = append(pairs[of], i)
		default:
			rest = append(rest, i)
		}
	}
	return func(segments []capture.Segment) []kernel.Signal {
		if len(segments) == 0 {
			return nil
		}
		var signals []kernel.Signal
		for _, i := range slices.Sorted(slices.Values(slices.Concat(pairs[pairOf(segments[0].Src, segments[0].Dst)], rest))) {
			signals = append(signals, all[i])
		}
		return about(signals, segments)
	}
}
