package live

import (
	"encoding/binary"
	"iter"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// Batch is any number of frames in one piece of memory: what is read from a busy program's
// connections is to cost it little. The zero Batch has none.
type Batch struct {
	link   capture.LinkType
	frames int
	packed []byte // of each frame batchHead octets, then its own
}

const (
	// batchHead is a stamp (ns since 1970), how many octets were on the wire, and how
	// many of them follow.
	batchHead = 8 + 4 + 4
	// fullBatch is how many octets end the reading of one.
	fullBatch = 64 << 10
)

// NewBatch returns one with room for so many octets, see [Batch.Octets].
func NewBatch(octets int) *Batch { return &Batch{packed: make([]byte, 0, octets)} }

// Fits reports whether another batch can be added without more memory.
func (b *Batch) Fits(o *Batch) bool { return len(b.packed)+len(o.packed) <= cap(b.packed) }

// Frames is how many they are.
func (b *Batch) Frames() int { return b.frames }

// Octets is how much memory the frames take.
func (b *Batch) Octets() int { return len(b.packed) }

// Reset takes all frames out. Those that were given out before are overwritten.
func (b *Batch) Reset() { b.frames, b.packed = 0, b.packed[:0] }

// Append adds copies of the frames of another batch of the same handle.
func (b *Batch) Append(o *Batch) {
	b.link, b.frames, b.packed = o.link, b.frames+o.frames, append(b.packed, o.packed...)
}

// Add adds a copy of a frame, which is of the same link as the others.
func (b *Batch) Add(f capture.Frame, at time.Time) {
	b.link = f.Link
	b.add(record{data: f.Data, wire: f.Wire, time: at})
}

func (b *Batch) add(r record) {
	b.frames++
	b.packed = binary.NativeEndian.AppendUint64(b.packed, uint64(r.time.UnixNano()))
	b.packed = binary.NativeEndian.AppendUint32(b.packed, uint32(r.wire))
	b.packed = binary.NativeEndian.AppendUint32(b.packed, uint32(len(r.data)))
	b.packed = append(b.packed, r.data...)
}

// All gives each frame with its stamp, in the order in which they were read. Their octets are the batch's.
func (b *Batch) All() iter.Seq2[time.Time, capture.Frame] {
	return func(yield func(time.Time, capture.Frame) bool) {
		for rest := b.packed; len(rest) > 0; {
			end := batchHead + int(binary.NativeEndian.Uint32(rest[12:]))
			f := capture.Frame{Link: b.link, Data: rest[batchHead:end:end], Wire: int(binary.NativeEndian.Uint32(rest[8:]))}
			if !yield(time.Unix(0, int64(binary.NativeEndian.Uint64(rest))), f) {
				return
			}
			rest = rest[end:]
		}
	}
}
