package scene

import (
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// Stretch is some steps of a ladder, one after the other, that are either all
// drawn or all left out: those from From up to, but not including, To.
type Stretch struct {
	From, To int
	LeftOut  bool
}

// Fold shares the steps of a ladder out into stretches such that about so many
// are drawn: the first and the last, the calls that waited or failed, what
// belongs to the chain of a verdict, and of the segments that begin, end or
// break something as many as there is room for. A ladder that is no longer than
// most is one stretch.
func (s *Scene) Fold(ladder, most int) []Stretch {
	steps := s.Ladders[ladder].Steps
	if len(steps) <= most {
		return []Stretch{{To: len(steps)}}
	}
	chain := make(map[Item]bool)
	for i := range s.Run.Verdicts {
		for _, item := range s.Chain(s.Run.Verdicts[i].Event) {
			chain[item] = true
		}
	}
	room := most / 4
	drawn := make([]bool, len(steps))
	for i := range steps {
		st := &steps[i]
		switch {
		case i < most/4, i >= len(steps)-most/2, chain[st.Item()]:
			drawn[i] = true
		case st.Call != nil:
			drawn[i] = st.Kind != Whole || st.Call.Fault != ""
		case room > 0 && (st.Segment.Flags&(capture.SYN|capture.FIN|capture.RST) != 0 || st.Segment.ICMP.Is()):
			drawn[i] = true
			room--
		}
	}
	return stretches(drawn)
}

// stretches joins neighbours. One step alone is drawn: what stands for it would
// be no shorter.
func stretches(drawn []bool) (list []Stretch) {
	for i := range drawn {
		out := !drawn[i] && !(i > 0 && drawn[i-1] && i+1 < len(drawn) && drawn[i+1])
		if n := len(list); n == 0 || list[n-1].LeftOut != out {
			list = append(list, Stretch{From: i, LeftOut: out})
		}
		list[len(list)-1].To = i + 1
	}
	return list
}

// Span is the time from the first to the last step of a stretch.
func (l *Ladder) Span(s Stretch) time.Duration {
	from, to := l.Steps[s.From].At, l.Steps[s.To-1].At
	if from.IsZero() || to.IsZero() {
		return 0
	}
	return to.Sub(from)
}
