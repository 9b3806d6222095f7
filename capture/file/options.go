package file

import (
	"fmt"
	"iter"
)

// option is one option of a block.
type option struct {
	code  uint16
	value []byte // in the memory of the block
}

// options walks the options of a block, which may end with opt_endofopt or
// with the block. One that runs past the block ends the walk with an error.
func options(order order, b []byte) iter.Seq2[option, error] {
	return func(yield func(option, error) bool) {
		for len(b) >= 4 {
			code, n := order.Uint16(b), int(order.Uint16(b[2:]))
			if code == optEnd {
				return
			}
			b = b[4:]
			if n > len(b) {
				yield(option{}, fmt.Errorf("option %d of %d octets, of which the block has %d", code, n, len(b)))
				return
			}
			if !yield(option{code, b[:n]}, nil) {
				return
			}
			b = b[min(padded(n), len(b)):]
		}
		if len(b) > 0 {
			yield(option{}, fmt.Errorf("%d octets after the last option", len(b)))
		}
	}
}

// number reads a 64-bit number.
func (o option) number(order order) (uint64, error) {
	if len(o.value) != 8 {
		return 0, fmt.Errorf("option %d of %d octets, not 8", o.code, len(o.value))
	}
	return order.Uint64(o.value), nil
}

// stamp reads a time in the units of an interface, the high half first.
func (o option) stamp(order order) (uint64, error) {
	if len(o.value) != 8 {
		return 0, fmt.Errorf("option %d of %d octets, not 8", o.code, len(o.value))
	}
	return readStamp(order, o.value), nil
}

// readStamp reads the two halves of a stamp, the high one first.
func readStamp(order order, b []byte) uint64 {
	return uint64(order.Uint32(b))<<32 | uint64(order.Uint32(b[4:]))
}
