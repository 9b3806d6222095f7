package live

import (
	"encoding/binary"
	"errors"
	"time"
)

// A read from a BPF device returns several frames, each behind a header
// (struct bpf_hdr in XNU's bsd/net/bpf.h), all integers in host order:
//
//	0  seconds      4 octets
//	4  microseconds 4
//	8  captured     4
//	12 on the wire  4
//	16 header length, with its padding  2
const (
	bpfHeaderLen = 18
	bpfAlignment = 4 // BPF_WORDALIGN
)

var errRecord = errors.New("malformed record from the BPF device")

// splitRecord takes the first frame off what a BPF device returned, and
// returns the rest. The data is a copy.
func splitRecord(b []byte) (r record, rest []byte, err error) {
	if len(b) < bpfHeaderLen {
		return record{}, nil, errRecord
	}
	order := binary.NativeEndian
	seconds, micros := order.Uint32(b[0:]), order.Uint32(b[4:])
	captured, wire := uint64(order.Uint32(b[8:])), order.Uint32(b[12:])
	start := uint64(order.Uint16(b[16:]))
	end := start + captured
	if start < bpfHeaderLen || end > uint64(len(b)) {
		return record{}, nil, errRecord
	}
	data := make([]byte, captured)
	copy(data, b[start:end])
	next := (end + bpfAlignment - 1) &^ (bpfAlignment - 1)
	return record{
		data: data,
		wire: int(wire),
		time: time.Unix(int64(seconds), int64(micros)*int64(time.Microsecond)),
	}, b[min(next, uint64(len(b))):], nil
}
