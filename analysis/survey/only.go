package survey

// Only makes a survey tell of some connections alone: of those whose streams
// are chosen when they are told of, that is when they are closed out or listed.
// All are followed, so that streams keep their numbers. It must be called before
// the first segment is added.
//
// What a summary then says of segments is summed up from the connections, of
// each of which no more than 255 SYNs, and 65,535 FINs and RSTs a side, are
// counted. What it says of frames is still of the whole capture.
func (t *Tracker) Only(chosen func(stream uint32) bool) {
	t.only, t.icmp = chosen, make(map[uint32]uint64)
}

// tells reports whether the survey tells of a connection.
func (t *Tracker) tells(id uint32) bool { return t.only == nil || t.only(t.numbers.of(id)) }

// sumSegments adds the segments of a connection, and the ICMP errors about it,
// where not all count.
func (t *Tracker) sumSegments(s *Summary, id uint32) {
	if t.only == nil {
		return
	}
	r := t.table.record(id)
	for i := range r.sides {
		side := &r.sides[i]
		s.shown.Total += uint64(side.packets)
		s.shown.SYN += uint64(side.syn)
		s.shown.FIN += uint64(side.fin)
		s.shown.RST += uint64(side.rst)
	}
	s.shownICMP += t.icmp[t.numbers.of(id)]
}

// showOnly makes a summary that of the connections that are told of.
func (t *Tracker) showOnly(s *Summary) {
	s.Of = uint64(t.streams)
	if t.only != nil {
		s.Segments, s.ICMP = s.shown, s.shownICMP
	}
}
