package survey

import "testing"

func TestStreams(t *testing.T) {
	var s Streams
	in := map[uint32]bool{0: true, 63: true, 64: true, 1000: true}
	for n := range in {
		s.Add(n)
		s.Add(n)
	}
	for n := range uint32(1200) {
		if s.Has(n) != in[n] {
			t.Errorf("%d: %v", n, s.Has(n))
		}
	}
	if s.Has(NoStream) {
		t.Error("no stream is in it")
	}
}
