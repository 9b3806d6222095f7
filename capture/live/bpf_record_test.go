package live

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"
)

// bpfRecord is a record as a BPF device returns it, padded to pad octets.
func bpfRecord(data string, wire uint32, hlen uint16, pad int) []byte {
	b := make([]byte, hlen, 64)
	order := binary.NativeEndian
	order.PutUint32(b[0:], 1700000000)
	order.PutUint32(b[4:], 123456)
	order.PutUint32(b[8:], uint32(len(data)))
	order.PutUint32(b[12:], wire)
	order.PutUint16(b[16:], hlen)
	b = append(b, data...)
	for len(b) < pad {
		b = append(b, 0xee)
	}
	return b
}

func TestSplitRecord(t *testing.T) {
	buffer := append(bpfRecord("hello", 70, 18, 24), bpfRecord("worlds", 6, 20, 0)...)
	stamp := time.Unix(1700000000, 123456000)
	var got []record
	for rest := buffer; len(rest) > 0; {
		r, after, err := splitRecord(rest)
		if err != nil {
			t.Fatalf("after %d records: %v", len(got), err)
		}
		got, rest = append(got, r), after
	}
	clear(buffer) // the device's buffer is used again
	if len(got) != 2 || string(got[0].data) != "hello" || string(got[1].data) != "worlds" {
		t.Fatalf("records %+v", got)
	}
	if got[0].wire != 70 || got[1].wire != 6 || !got[0].time.Equal(stamp) {
		t.Errorf("wire %d and %d, time %v", got[0].wire, got[1].wire, got[0].time)
	}
}

func TestSplitRecordRefusesWhatDoesNotFit(t *testing.T) {
	whole := bpfRecord("hello", 5, 18, 0)
	short := bpfRecord("hello", 5, 18, 0)
	binary.NativeEndian.PutUint16(short[16:], 10)
	huge := bpfRecord("hello", 5, 18, 0)
	binary.NativeEndian.PutUint32(huge[8:], 0xffffffff)
	for name, b := range map[string][]byte{
		"header cut": whole[:17], "data cut": whole[:22], "header too short": short, "length too large": huge,
	} {
		if r, _, err := splitRecord(b); !errors.Is(err, errRecord) {
			t.Errorf("%s: %q, %v", name, r.data, err)
		}
	}
}
