package scene

import "github.com/rstwatch/rstwatch/capture"

// bases returns, by segment, the first sequence number of its sender, and of
// its receiver, in the connection that it belongs to: what relative numbers are
// counted from. A SYN,ACK begins a connection, also between addresses that have
// had one before.
func bases(segments []capture.Segment) map[int][2]capture.Seq {
	first := make(map[end]capture.Seq)
	rel := make(map[int][2]capture.Seq, len(segments))
	for i := range segments {
		s := &segments[i]
		from := end{s.Src, s.Dst}
		_, known := first[from]
		if begins := s.Flags.Has(capture.SYN | capture.ACK); begins || !known && !(s.Flags.Has(capture.RST) && !s.Flags.Has(capture.ACK)) {
			first[from] = s.Seq
		}
		if _, known := first[from.other()]; s.Flags.Has(capture.ACK) && (!known || s.Flags.Has(capture.SYN)) {
			first[from.other()] = s.Ack.Add(-1)
		}
		rel[s.ID] = [2]capture.Seq{first[from], first[from.other()]}
	}
	return rel
}
