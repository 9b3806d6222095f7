package capture

// Seq is a TCP sequence or acknowledgement number. Its arithmetic is modulo
// 2³² (RFC 9293 §3.4); compare two with Before, After and Sub, never with <.
type Seq uint32

// Add returns s advanced by n octets of sequence space; n may be negative.
func (s Seq) Add(n int) Seq { return s + Seq(uint32(n)) }

// Sub returns how far s lies after t, in octets, between −2³¹ and 2³¹−1.
func (s Seq) Sub(t Seq) int { return int(int32(s - t)) }

// Before reports whether s comes before t.
func (s Seq) Before(t Seq) bool { return s.Sub(t) < 0 }

// After reports whether s comes after t.
func (s Seq) After(t Seq) bool { return s.Sub(t) > 0 }
