package survey

import "iter"

// Sum sums up some of the connections of a survey whose summary is whole. As
// with [Tracker.Only] the segments are those that each connection counts; frames
// are those of the whole capture, and ICMP errors are not counted, for they are
// not kept by connection.
func Sum(whole Summary, chosen iter.Seq[Connection]) Summary {
	s := newSummary()
	s.Of, s.ClosedOut, s.Frames = whole.Of, whole.ClosedOut, whole.Frames
	for c := range chosen {
		s.Connections++
		s.ways.note(c.State, c.Ending)
		for i := range c.Sides {
			side := &c.Sides[i]
			s.Segments.Total += uint64(side.Packets)
			s.Segments.SYN += uint64(side.SYN)
			s.Segments.FIN += uint64(side.FIN)
			s.Segments.RST += uint64(side.RST)
		}
		if c.Reset == nil {
			continue
		}
		s.classes[c.Reset.set]++
		for i := range c.Sides {
			addr := c.Sides[i].Addr.Addr()
			end := talker{addr: addr.As16()}
			if addr.Is6() {
				end.v6 = 1
			}
			if i == 1 {
				end.port = c.Sides[i].Addr.Port()
			}
			s.talked(end, c.Reset.From == i)
		}
	}
	s.finish()
	return s
}
