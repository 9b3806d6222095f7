package survey

import "github.com/rstwatch/rstwatch/capture"

// Frames counts what a capture holds beside whole segments. The zero value
// counts from none.
type Frames struct {
	Fragmented uint64 // segments whose datagram was fragmented: the first fragment is read
	Fragments  uint64 // fragments after the first, which are not
	NotTCP     uint64 // frames of other protocols
	Cut        uint64 // frames of which too little was captured to have a TCP header
	Malformed  uint64 // frames whose headers contradict themselves
	Unknown    uint64 // frames of a link type that is not known here
}

// Note counts a frame that [capture.Look] found no segment in, by its error.
func (f *Frames) Note(err error) {
	switch err { // as they stand: Look does not wrap them
	case capture.ErrFragment:
		f.Fragments++
	case capture.ErrTruncated:
		f.Cut++
	case capture.ErrMalformed:
		f.Malformed++
	case capture.ErrLinkType:
		f.Unknown++
	default:
		f.NotTCP++
	}
}

// Frames adds to what the summary says of frames: a reading counts them for
// itself and tells at its end, or as often as it likes.
func (t *Tracker) Frames(f Frames) {
	s := &t.summary.Frames
	s.Fragmented += f.Fragmented
	s.Fragments += f.Fragments
	s.NotTCP += f.NotTCP
	s.Cut += f.Cut
	s.Malformed += f.Malformed
	s.Unknown += f.Unknown
}
