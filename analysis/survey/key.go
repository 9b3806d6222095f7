package survey

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"github.com/rstwatch/rstwatch/capture"
)

// key names an address pair, whoever sends: the lower end comes first.
type key struct {
	addr [2][16]byte
	port [2]uint16
	v6   uint16 // 1 for IPv6
}

// set makes k the key of a segment that side from has sent.
func (k *key) set(b *capture.Brief, from int) {
	k.addr[from], k.port[from] = b.Src, b.SrcPort
	k.addr[1-from], k.port[1-from] = b.Dst, b.DstPort
	if b.V6 {
		k.v6 = 1
	}
}

// is reports whether k is the key of a segment that side from has sent.
func (k *key) is(b *capture.Brief, from int) bool {
	return k.addr[from] == b.Src && k.addr[1-from] == b.Dst && k.port[from] == b.SrcPort && k.port[1-from] == b.DstPort &&
		(k.v6 == 1) == b.V6
}

// segment returns a segment of k, which its lower end has sent.
func (k *key) segment() capture.Brief {
	return capture.Brief{Src: k.addr[0], Dst: k.addr[1], SrcPort: k.port[0], DstPort: k.port[1], V6: k.v6 == 1}
}

// hash is of a segment's key, and has in its lowest bit which side has sent the
// segment.
type hash uint32

// from returns the side.
func (h hash) from() int { return int(h & 1) }

// seed makes hashes what the sender of a capture can not foresee.
type seed [5]uint64

func newSeed() *seed {
	s := new(seed)
	for i := range s {
		s[i] = rand.Uint64()
	}
	return s
}

// hash folds the words of a segment's key: products, each mixed with a part of
// the seed, as in wyhash. It has no branch, since who sends next can not be
// foreseen, and is as fast without the runtime's hash (-tags purego).
func (s *seed) hash(b *capture.Brief) hash {
	low, lowPort := [2]uint64{binary.BigEndian.Uint64(b.Src[:8]), binary.BigEndian.Uint64(b.Src[8:])}, uint64(b.SrcPort)
	high, highPort := [2]uint64{binary.BigEndian.Uint64(b.Dst[:8]), binary.BigEndian.Uint64(b.Dst[8:])}, uint64(b.DstPort)
	_, from := bits.Sub64(highPort, lowPort, 0)
	_, from = bits.Sub64(high[1], low[1], from)
	_, from = bits.Sub64(high[0], low[0], from)
	swap := func(a, b *uint64) {
		x := (*a ^ *b) & -from
		*a, *b = *a^x, *b^x
	}
	swap(&low[0], &high[0])
	swap(&low[1], &high[1])
	swap(&lowPort, &highPort)
	ends := lowPort | highPort<<16
	if b.V6 {
		ends |= 1 << 32
	}
	sum := fold(low[0]^s[0], low[1]^s[1]) ^ bits.RotateLeft64(fold(high[0]^s[2], high[1]^s[3]), 32)
	return hash(fold(sum^ends, s[4]|1)>>32)&^1 | hash(from)
}

func fold(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}
