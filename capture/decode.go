package capture

import (
	"errors"
	"time"
)

// What [Decode] returns instead of a segment. They are returned as they
// stand, unwrapped, so that decoding never allocates.
var (
	// ErrNotTCP means that the frame is well formed but carries something
	// else: another protocol, or a fragment of one.
	ErrNotTCP = errors.New("capture: not TCP")
	// ErrFragment means that the frame is a fragment of a TCP segment's
	// datagram, and not the first, which has the TCP header.
	ErrFragment = errors.New("capture: a fragment without the TCP header")
	// ErrTruncated means that the captured octets end before the 20 fixed
	// octets of the TCP header do, or before it is known whether there is one.
	ErrTruncated = errors.New("capture: frame cut short before the end of its TCP header")
	// ErrLinkType means that the frame's link type is none of those that
	// Decode reads.
	ErrLinkType = errors.New("capture: unknown link type")
	// ErrMalformed means that a length or version field contradicts the frame
	// that it stands in.
	ErrMalformed = errors.New("capture: malformed headers")
)

// Decode reads the TCP segment in f, which was captured at t, or the one that an
// ICMP error in f quotes. It reads fixed
// offsets, allocates nothing, and keeps f (and with it f.Data) in the result.
//
// The error is ErrNotTCP, ErrFragment, ErrTruncated, ErrLinkType or ErrMalformed,
// and the segment is then zero. TCP options are read as far as they were captured; an
// option whose length makes no sense ends them without an error, as in the
// kernel (tcp_parse_options). Checksums are not verified: captured frames of
// the own host do not have them yet.
func Decode(t time.Time, f Frame) (Segment, error) {
	kind, at, err := decodeLink(f)
	if err != nil {
		return Segment{}, err
	}
	s := Segment{Time: t, Frame: f}
	p := packet{data: f.Data, at: at, end: max(f.Wire, len(f.Data))}
	switch kind {
	case networkIPv4:
		err = p.decodeIPv4(&s)
	case networkIPv6:
		err = p.decodeIPv6(&s)
	default:
		err = ErrNotTCP
	}
	switch {
	case err != nil:
	case p.proto == protoTCP:
		err = p.decodeTCP(&s)
	default:
		err = p.decodeICMP(&s, kind == networkIPv6)
	}
	if err != nil {
		return Segment{}, err
	}
	return s, nil
}

// packet is a place in a frame, moved from header to header.
type packet struct {
	data  []byte // the octets captured, from the link header on
	at    int    // where the next header begins
	proto byte   // what the IP headers passed announce: TCP or ICMP
	end   int    // where the datagram ends on the wire, at or beyond len(data) if the frame was cut
}

// header returns n octets of the next header without moving past them.
// ErrMalformed says that the datagram is too short for them, ErrTruncated
// that the capture is.
func (p *packet) header(n int) ([]byte, error) {
	if p.at+n > p.end {
		return nil, ErrMalformed
	}
	if p.at+n > len(p.data) {
		return nil, ErrTruncated
	}
	return p.data[p.at : p.at+n], nil
}
