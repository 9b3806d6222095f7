package survey

import "github.com/rstwatch/rstwatch/capture"

// The letters that the history has at most once a side, or again only for
// another sequence number.
const (
	letterSYN uint8 = 1 << iota
	letterFIN
	letterRST
	letterACK
	letterData
	letterFINRST
	letterMulti
	numbered // no letter: start is set
)

// letter adds a letter to the history: a capital if the originator sent it.
func (t *Tracker) letter(r *record, from int, c byte) {
	if from != r.originator() {
		c += 'a' - 'A'
	}
	t.append(r, c)
}

// once adds a letter the first time, and reports whether it had been added before.
func (t *Tracker) once(r *record, from int, bit uint8, c byte) bool {
	if (bit == letterACK || bit == letterData) && r.letters == 1 && r.history[0] == 'H' {
		// The first segment was a SYN,ACK, and traffic follows: this was no
		// probe, and who sent the SYN,ACK is the one that was called.
		r.flip()
		r.letters = 0
		t.append(r, '^')
		t.append(r, 'h')
	}
	s := &r.sides[from]
	if s.letters&bit != 0 {
		return true
	}
	s.letters |= bit
	t.letter(r, from, c)
	return false
}

// tenfold adds a letter for the first, the tenth, the hundredth, … time.
func (t *Tracker) tenfold(r *record, from int, count uint32, c byte) {
	if tenth(count) {
		t.letter(r, from, c)
	}
}

// tenth reports whether a count is 1, 10, 100, ….
func tenth(count uint32) bool {
	switch count {
	case 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9:
		return true
	}
	return false
}

// write adds to the history what the flags and the payload of a segment say; end
// is where the segment ends, with its SYN and its FIN.
func (t *Tracker) write(r *record, from int, b *capture.Brief, end capture.Seq) {
	s := &r.sides[from]
	relative := uint32(b.Seq - s.start)
	switch control := b.Flags & (capture.SYN | capture.FIN | capture.RST); control {
	case 0:
		if b.Len > 0 {
			t.once(r, from, letterData, 'D')
		} else if b.Flags.Has(capture.ACK) {
			t.once(r, from, letterACK, 'A')
		}
	case capture.SYN:
		c := byte('S')
		if b.Flags.Has(capture.ACK) {
			c = 'H'
		}
		if t.once(r, from, letterSYN, c) && relative != 0 {
			t.letter(r, from, c)
		}
	case capture.FIN:
		before := uint32(end - 1 - s.start)
		if t.once(r, from, letterFIN, 'F') && before != s.histFIN {
			t.letter(r, from, 'F')
		}
		s.histFIN = before
	case capture.RST:
		newest := &t.resets.at(r.reset - 1).newest[from]
		if t.once(r, from, letterRST, 'R') && relative != *newest {
			t.letter(r, from, 'R')
		}
		*newest = relative
	default:
		if control.Has(capture.FIN | capture.RST) {
			t.once(r, from, letterFINRST, 'I')
		} else {
			t.once(r, from, letterMulti, 'Q')
		}
		if control.Has(capture.FIN) {
			s.histFIN = uint32(end - 1 - s.start)
		}
	}
}
