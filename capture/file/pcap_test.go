package file

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/capture"
)

// pcapHeader makes the header of a classic file.
func (m *maker) pcapHeader(magic uint32, minor uint16, snap, link uint32) {
	m.file = append(m.file, m.u32(magic)...)
	m.file = append(m.file, m.u16(2, minor)...)
	m.file = append(m.file, m.u32(0, 0, snap, link)...)
}

func (m *maker) pcapPacket(seconds, fraction, kept, wire uint32, data string) {
	m.file = append(append(m.file, m.u32(seconds, fraction, kept, wire)...), data...)
}

func TestPcapInBothOrdersAndUnits(t *testing.T) {
	for _, order := range bothOrders() {
		for magic, unit := range map[uint32]time.Duration{pcapMicro: time.Microsecond, pcapNano: time.Nanosecond} {
			t.Run(fmt.Sprint(order, unit), func(t *testing.T) {
				m := &maker{order: order}
				m.pcapHeader(magic, 4, 96, 1)
				m.pcapPacket(1<<32-1, 999_999, 3, 1500, "abc")
				m.pcapPacket(0, 1, 0, 0, "")
				m.pcapPacket(7, 0, 2, 1, "xy") // says less on the wire than it has
				r, got, err := readAll(bytes.NewReader(m.file))
				if !errors.Is(err, io.EOF) {
					t.Fatalf("reading ends with %v", err)
				}
				want := []Record{
					{Time: time.Unix(1<<32-1, 0).Add(999_999 * unit), Frame: &capture.Frame{Link: 1, Data: []byte("abc"), Wire: 1500}, Offset: 24},
					{Time: time.Unix(0, 0).Add(unit), Frame: &capture.Frame{Link: 1, Data: []byte{}}, Offset: 43},
					{Time: time.Unix(7, 0), Frame: &capture.Frame{Link: 1, Data: []byte("xy"), Wire: 2}, Offset: 59},
				}
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("(-want +got):\n%s", d)
				}
				if s := r.Stats(); len(s) != 1 || s[0].SnapLen != 96 || s[0].Counted {
					t.Errorf("interfaces %+v", s)
				}
				if r.Comment()+r.Application()+r.OS() != "" {
					t.Error("a pcap file says something of itself")
				}
			})
		}
	}
}

// The upper bits of the link type tell of the frame check sequence.
func TestPcapLinkTypeWithFCS(t *testing.T) {
	m := &maker{order: bothOrders()[1]}
	m.pcapHeader(pcapMicro, 4, 96, 0x44000000|276)
	r, _, err := readAll(bytes.NewReader(m.file))
	if !errors.Is(err, io.EOF) || r.Stats()[0].Link != 276 {
		t.Errorf("link type %d, then %v", r.Stats()[0].Link, err)
	}
}

// Version 2.2 had the two lengths the other way round.
func TestPcapOldVersionSwapsLengths(t *testing.T) {
	m := &maker{order: bothOrders()[0]}
	m.pcapHeader(pcapMicro, 2, 96, 1)
	m.pcapPacket(1, 0, 1500, 3, "abc")
	m.pcapPacket(1, 0, 4, 4, "abcd")
	_, got, err := readAll(bytes.NewReader(m.file))
	if !errors.Is(err, io.EOF) || len(got) != 2 || string(got[0].Frame.Data) != "abc" || got[0].Frame.Wire != 1500 {
		t.Errorf("read %+v, then %v", got, err)
	}
}
