package file

import "io"

// Scanner reads the packets of a capture file of any size. It
// takes the same files as a [Reader], ends with the same errors, and finds the
// same packets; but copies nothing, and allocates nothing for a packet.
type Scanner struct {
	// Entry is called with each journal entry that Next comes upon; nil skips
	// them.
	Entry func([]Field)

	f   format
	x   extra
	err error // what Next returned last, if it was an error
}

// NewScanner reads as much of r as tells what it is; see [NewReader].
func NewScanner(r io.Reader) (*Scanner, error) {
	f, err := open(r)
	if err != nil {
		return nil, err
	}
	return &Scanner{f: f}, nil
}

// Next puts the next packet into p, whose Data is valid until the next call.
// Its errors are those of [Reader.Next]; with one, p means nothing. It blocks
// as the underlying reader does.
func (s *Scanner) Next(p *Packet) error {
	if s.err != nil {
		return s.err
	}
	for {
		if err := s.f.next(p, &s.x); err != nil {
			s.err = err
			return err
		}
		if s.x.journal == nil {
			return nil
		}
		if s.Entry != nil {
			s.Entry(s.x.journal)
		}
		s.x = extra{}
	}
}

// Each hands to take the packets that come next and lie whole in memory, until it
// returns false, and returns how many it has handed over; 0 says nothing but that Next
// must be called. It reads nothing and finds no errors, and so is several times as fast
// as Next. A packet is valid during the call, but its Data, and what Next gave last,
// until the next call of Next.
func (s *Scanner) Each(take func(*Packet) bool) int {
	if s.err != nil {
		return 0
	}
	return s.f.each(take)
}

// Stats returns what was read so far of the interfaces; see [Reader.Stats].
func (s *Scanner) Stats() []InterfaceStats { return s.f.stats() }

// Interface returns what was read of the interface of p, the packet that Next
// gave last. It is valid until the next call of Next.
func (s *Scanner) Interface(p *Packet) *InterfaceStats { return s.f.described(p.Interface) }
