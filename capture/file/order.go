package file

import (
	"encoding/binary"
	"math/bits"
)

// order is the byte order of the numbers in a file or a section. It is a value
// rather than a [binary.ByteOrder], whose calls the compiler can not inline: a
// packet takes half a dozen of them.
type order struct{ big bool }

// Uint16 reads a number of two octets.
func (o order) Uint16(b []byte) uint16 {
	v := binary.LittleEndian.Uint16(b)
	if o.big {
		v = bits.ReverseBytes16(v)
	}
	return v
}

// Uint32 reads a number of four octets.
func (o order) Uint32(b []byte) uint32 {
	v := binary.LittleEndian.Uint32(b)
	if o.big {
		v = bits.ReverseBytes32(v)
	}
	return v
}

// Uint64 reads a number of eight octets.
func (o order) Uint64(b []byte) uint64 {
	v := binary.LittleEndian.Uint64(b)
	if o.big {
		v = bits.ReverseBytes64(v)
	}
	return v
}
