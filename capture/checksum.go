package capture

import "encoding/binary"

// Checksum says what a captured TCP checksum is.
type Checksum uint8

// The kinds of checksum.
const (
	// ChecksumUnknown is one that can not be told: too little of the frame was
	// captured, or there is none.
	ChecksumUnknown Checksum = iota
	// ChecksumGood is right.
	ChecksumGood
	// ChecksumPartial is the sum of the pseudo header alone, as the host that sends
	// a segment leaves it for the network card to finish (CHECKSUM_PARTIAL): the
	// segment was captured on its way out, or on a virtual link.
	ChecksumPartial
	// ChecksumBad is neither.
	ChecksumBad
)

// ChecksumOf looks at the TCP checksum in f (RFC 9293 §3.1, RFC 1071). It reads
// frames of TCP over IPv4 and IPv6 without extension headers and fragments; of
// others it says [ChecksumUnknown].
func ChecksumOf(f Frame) Checksum {
	at, end, sum := locate(f)
	if at < 0 {
		return ChecksumUnknown
	}
	const place = 16 // of the checksum in the header
	field := binary.BigEndian.Uint16(f.Data[at+place:])
	sum += uint32(protoTCP) + uint32(end-at)
	switch whole := end <= len(f.Data); {
	case field == fold(sum):
		return ChecksumPartial
	case !whole:
		return ChecksumUnknown
	case fold(sum+uint32(fold(sumOf(f.Data[at:end])))) == 0xffff:
		return ChecksumGood
	}
	return ChecksumBad
}

// sumOf adds the 16-bit words of b, the last octet padded with a zero.
func sumOf(b []byte) (sum uint32) {
	for ; len(b) >= 2; b = b[2:] {
		sum += uint32(binary.BigEndian.Uint16(b))
		sum = sum&0xffff + sum>>16
	}
	if len(b) == 1 {
		sum += uint32(b[0]) << 8
	}
	return sum
}

// fold adds the carries into 16 bits.
func fold(sum uint32) uint16 {
	for sum > 0xffff {
		sum = sum&0xffff + sum>>16
	}
	return uint16(sum)
}
