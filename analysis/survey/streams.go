package survey

// Streams is a set of streams, a bit for each number. The zero value is empty.
type Streams struct{ bits []uint64 }

// Add puts a stream into the set, which takes a bit for each number below.
func (s *Streams) Add(stream uint32) {
	for at := int(stream / 64); at >= len(s.bits); {
		s.bits = append(s.bits, 0)
	}
	s.bits[stream/64] |= 1 << (stream % 64)
}

// Has reports whether a stream is in the set.
func (s *Streams) Has(stream uint32) bool {
	at := int(stream / 64)
	return at < len(s.bits) && s.bits[at]>>(stream%64)&1 == 1
}
