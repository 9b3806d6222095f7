package file

import "encoding/binary"

// Block types of pcapng (draft-ietf-opsawg-pcapng §11.1).
const (
	blockSection    = 0x0A0D0D0A // reads the same in both byte orders
	blockInterface  = 1
	blockPacket     = 2 // obsolete
	blockSimple     = 3
	blockNames      = 4
	blockStatistics = 5
	blockEnhanced   = 6
	blockJournal    = 9
)

// Option codes; 0 and 1 mean the same in every block, the others only in
// theirs.
const (
	optEnd     = 0
	optComment = 1

	optSectionHardware = 2
	optSectionOS       = 3
	optSectionApp      = 4

	optInterfaceName       = 2
	optInterfaceResolution = 9
	optInterfaceFilter     = 11
	optInterfaceOffset     = 14

	optStatisticsStart     = 2
	optStatisticsEnd       = 3
	optStatisticsReceived  = 4
	optStatisticsDropped   = 5
	optStatisticsOSDropped = 7
	optStatisticsDelivered = 8
)

// byteOrderMagic stands in a section header in the byte order of the section.
const byteOrderMagic = 0x1A2B3C4D

const (
	// maxBlock bounds what a length field can make the reader allocate, and
	// what the writer will write.
	maxBlock = 16 << 20
	// maxFrame is libpcap's MAXIMUM_SNAPLEN; tcpdump refuses longer frames.
	maxFrame = 262144
	// maxOption is what the 16-bit length of an option can say.
	maxOption = 65535

	blockOverhead = 12 // type, length, and the length again
)

// block is a pcapng block under construction, in little-endian order.
type block []byte

// startBlock begins a block of the given type in buf's memory.
func startBlock(buf []byte, typ uint32) block {
	b := binary.LittleEndian.AppendUint32(buf[:0], typ)
	return append(b, 0, 0, 0, 0) // finish puts the length here
}

func (b *block) u16(v uint16) { *b = binary.LittleEndian.AppendUint16(*b, v) }
func (b *block) u32(v uint32) { *b = binary.LittleEndian.AppendUint32(*b, v) }

// stamp appends a time as blocks have it: the high half first, whatever the
// byte order.
func (b *block) stamp(t uint64) {
	b.u32(uint32(t >> 32))
	b.u32(uint32(t))
}

// bytes appends v, padded to 32 bits.
func (b *block) bytes(v []byte) {
	*b = append(*b, v...)
	b.pad()
}

// pad is right because every block starts at a multiple of four in b.
func (b *block) pad() {
	for len(*b)%4 != 0 {
		*b = append(*b, 0)
	}
}

// option appends an option; v is at most maxOption octets.
func (b *block) option(code uint16, v []byte) {
	b.u16(code)
	b.u16(uint16(len(v)))
	b.bytes(v)
}

// text appends an option that holds text, unless there is none.
func (b *block) text(code uint16, s string) {
	if s != "" {
		b.option(code, []byte(cleanText(s, maxOption)))
	}
}

// counter appends a 64-bit option.
func (b *block) counter(code uint16, v uint64) {
	b.option(code, binary.LittleEndian.AppendUint64(nil, v))
}

// instant appends an option that holds a time.
func (b *block) instant(code uint16, t uint64) {
	b.u16(code)
	b.u16(8)
	b.stamp(t)
}

// endOptions closes the list of options.
func (b *block) endOptions() { b.u32(optEnd) }

// finish sets both length fields and returns the block as it goes to the file.
func (b *block) finish() []byte {
	n := uint32(len(*b) + 4)
	b.u32(n)
	binary.LittleEndian.PutUint32((*b)[4:], n)
	return *b
}

// padded returns n rounded up to a multiple of four.
func padded(n int) int { return (n + 3) &^ 3 }
