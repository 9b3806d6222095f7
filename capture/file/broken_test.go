package file

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/capture"
)

// Every broken file gives a *FormatError, and the whole records before it.
func TestBrokenFiles(t *testing.T) {
	const max32 = 1<<32 - 1
	ng := func(more func(m *maker)) []byte {
		m := &maker{order: binary.LittleEndian}
		m.section()
		m.iface(1, 0)
		m.block(6, m.u32(0, 0, 1, 2, 2), []byte("ok"))
		more(m)
		return m.file
	}
	raw := func(v ...uint32) []byte {
		return ng(func(m *maker) { m.file = append(m.file, m.u32(v...)...) })
	}
	block := func(typ uint32, parts ...[]byte) []byte {
		return ng(func(m *maker) { m.block(typ, parts...) })
	}
	m := &maker{order: binary.LittleEndian}
	classic := func(v ...uint32) []byte {
		c := &maker{order: binary.BigEndian}
		c.pcapHeader(pcapMicro, 4, 96, 1)
		c.pcapPacket(1, 1, 2, 2, "ok")
		return append(c.file, c.u32(v...)...)
	}
	tests := []struct {
		name string
		file []byte
		msg  string // what the error says
	}{
		{"empty", nil, "empty"},
		{"three octets", []byte("\x0a\x0d\x0d"), "ends inside"},
		{"text", []byte("#!/bin/sh\nexit 1\n"), "neither pcap nor pcapng: it starts with 23 21 2f 62"},
		{"gzip", []byte("\x1f\x8b\x08\x00aaaa"), "gzip"},
		{"another pcap", []byte("\x34\xcd\xb2\xa1" + strings.Repeat("\x00", 20)), "neither"},
		{"pcap header cut off", classic()[:20], "ends inside the file header"},
		{"pcap 3.0", append([]byte("\xa1\xb2\xc3\xd4\x00\x03\x00\x00"), make([]byte, 16)...), "version 3.0"},
		{"pcap 2.5", append([]byte("\xa1\xb2\xc3\xd4\x00\x02\x00\x05"), make([]byte, 16)...), "version 2.5"},
		{"pcap packet header cut off", classic(1, 1, 2), "ends inside a packet's header"},
		{"pcap packet cut off", classic(1, 1, 2, 2), "ends inside a packet"},
		{"pcap packet of 4 GiB", classic(1, 1, max32, max32), "4294967295 are kept"},
		{"pcap packet of 256 KiB and 1", classic(1, 1, maxFrame+1, maxFrame+1), "262145 are kept"},

		{"wrong byte order magic", append([]byte("\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x3c\x4d\x1a\x2b"), make([]byte, 16)...), "byte order"},
		{"section header cut off", []byte("\x0a\x0d\x0d\x0a\x1c\x00\x00\x00\x4d\x3c"), "ends inside a section header"},
		{"section header of 16 octets", []byte("\x0a\x0d\x0d\x0a\x10\x00\x00\x00\x4d\x3c\x2b\x1a\x10\x00\x00\x00"), "a section header of 4 octets"},
		{"pcapng 2.0", block(blockSection, m.u32(byteOrderMagic, 2, 0, 0)), "version 2.0"},
		{"block header cut off", raw(6), "ends inside a block"},
		{"block cut off", raw(6, 32, 0, 0), "ends inside a block"},
		{"block of no octets", raw(6, 0, 0), "0 octets"},
		{"block of 11 octets", raw(6, 11, 0), "11 octets"},
		{"block of odd length", raw(7, 14, 0, 0), "14 octets"},
		{"block of 16 MiB and 4", raw(7, maxBlock+4, 0, 0), "16777220 octets"},
		{"block of 4 GiB", raw(7, max32&^3, 0, 0), "4294967292 octets"},
		{"shorter at its end", raw(7, 16, 0, 12), "16 octets at its start and 12 at its end"},
		{"longer at its end", raw(7, 12, 16), "12 octets at its start and 16 at its end"},
		{"interface of 4 octets", block(1, m.u32(1)), "description of 4 octets"},
		{"resolution of 2 octets", block(1, m.u32(1, 0), m.opt(9, "ab")), "2 octets, not 1"},
		{"resolution too fine", block(1, m.u32(1, 0), m.opt(9, "\x7f")), "resolution of 0x7f"},
		{"time offset of 4 octets", block(1, m.u32(1, 0), m.opt(14, "abcd")), "4 octets, not 8"},
		{"time offset out of range", block(1, m.u32(1, 0), m.opt(14, "abcdefgh")), "time offset"},
		{"option past its block", block(1, m.u32(1, 0), m.u16(2, 5), []byte("abcd")), "5 octets, of which the block has 4"},
		{"half an option", append(block(5, m.u32(0, 0, 0), m.u16(9, 0xffff)), 0), "65535 octets, of which the block has 0"},
		{"packet of 16 octets", block(6, m.u32(0, 0, 0, 0)), "enhanced packet block of 16"},
		{"packet of no interface", block(6, m.u32(1, 0, 0, 0, 0)), "interface 1, of 1"},
		{"packet longer than its block", block(6, m.u32(0, 0, 0, 5, 5), []byte("abcd")), "5 octets kept, of which the block has 4"},
		{"packet of 4 GiB", block(6, m.u32(0, 0, 0, max32, max32), []byte("abcd")), "4294967295 octets kept"},
		{"packet in the far future", block(6, m.u32(0, max32, 0, 0, 0)), "out of range"},
		{"comment past the packet", block(6, m.u32(0, 0, 0, 4, 4), []byte("abcd"), m.u16(1, 8), []byte("x")), "8 octets, of which the block has 4"},
		{"old packet of 16 octets", block(2, m.u32(0, 0, 0, 0)), "packet block of 16"},
		{"old packet of no interface", block(2, m.u16(9, 0), m.u32(0, 0, 0, 0)), "interface 9, of 1"},
		{"simple packet of no octets", block(3), "simple packet block of 0"},
		{"simple packet longer than its block", block(3, m.u32(5), []byte("abcd")), "5 octets kept"},
		{"simple packet without an interface", ng(func(m *maker) { m.section(); m.block(3, m.u32(0)) }), "interface 0, of 0"},
		{"statistics of 8 octets", block(5, m.u32(0, 0)), "statistics of 8"},
		{"statistics of no interface", block(5, m.u32(3, 0, 0)), "interface 3, of 1"},
		{"counter of 4 octets", block(5, m.u32(0, 0, 0), m.opt(4, "abcd")), "4 octets, not 8"},
		{"start of 4 octets", block(5, m.u32(0, 0, 0), m.opt(2, "abcd")), "4 octets, not 8"},
		{"journal entry without a stamp", block(9, []byte("MESSAGE=x\n")), "without __REALTIME_TIMESTAMP"},
		{"journal entry of garbage", block(9, []byte("\x80\x81\x82\x83")), "a name is made of"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			agree(t, tt.file)
			r, got, err := readAll(bytes.NewReader(tt.file))
			var fe *FormatError
			if !errors.As(err, &fe) {
				t.Fatalf("got %v, want a *FormatError", err)
			}
			if !strings.Contains(err.Error(), tt.msg) {
				t.Errorf("the error is %q, want %q in it", err, tt.msg)
			}
			if r == nil {
				return
			}
			if len(got) != 1 || string(got[0].Frame.Data) != "ok" || fe.Offset <= got[0].Offset {
				t.Errorf("before the error at %d: %+v", fe.Offset, got)
			}
			if _, again := r.Next(); !errors.Is(again, err) {
				t.Errorf("after %v Next returns %v", err, again)
			}
		})
	}
}

// Cut anywhere, a file gives the records that are whole, and then io.EOF if it
// ends where a block does.
func TestCutAtEveryOctet(t *testing.T) {
	var classic bytes.Buffer
	p, err := NewPcapWriter(&classic, capture.LinkEthernet, 0)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		if err := p.Packet(epoch(), frame(capture.LinkEthernet, 3*n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	for name, whole := range map[string][]byte{"pcapng": sampleFile(t), "pcap": classic.Bytes()} {
		_, all, err := readAll(bytes.NewReader(whole))
		if !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		for n := range whole {
			agree(t, whole[:n])
			_, got, err := readAll(bytes.NewReader(whole[:n]))
			var fe *FormatError
			switch {
			case errors.As(err, &fe):
				if !errors.Is(err, io.ErrUnexpectedEOF) || fe.Offset > int64(n) {
					t.Errorf("%s cut at %d: %v, which wraps %v", name, n, err, fe.Err)
				}
			case !errors.Is(err, io.EOF):
				t.Errorf("%s cut at %d: %v", name, n, err)
			}
			want := 0
			for want < len(all) && endOf(all, want, whole) <= int64(n) {
				want++
			}
			if d := cmp.Diff(all[:want], got, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("%s cut at %d (-want +got):\n%s", name, n, d)
			}
		}
	}
}

// endOf returns where record i ends. Blocks say how long they are; a record of
// a classic file ends where the next one starts.
func endOf(all []Record, i int, whole []byte) int64 {
	at := all[i].Offset
	if binary.LittleEndian.Uint32(whole) == blockSection {
		return at + int64(binary.LittleEndian.Uint32(whole[at+4:]))
	}
	return at + 16 + int64(len(all[i].Frame.Data))
}

// A file may promise much: memory goes by what it has.
func TestMemoryFollowsTheFile(t *testing.T) {
	m := &maker{order: binary.LittleEndian}
	m.section()
	m.file = append(m.file, m.u32(7, maxBlock, 1, 2, 3)...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _, err := readAll(bytes.NewReader(m.file))
	runtime.ReadMemStats(&after)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading ends with %v", err)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d octets allocated for a file of %d", n, len(m.file))
	}
}

func TestTooManyInterfaces(t *testing.T) {
	m := &maker{order: binary.LittleEndian}
	m.section()
	for range maxInterfaces + 1 {
		m.iface(1, 0)
	}
	if _, _, err := readAll(bytes.NewReader(m.file)); !strings.Contains(err.Error(), "65536 interfaces") {
		t.Errorf("reading ends with %v", err)
	}
}

// An error of the disk is not one of the format.
func TestErrorsOfTheUnderlyingReader(t *testing.T) {
	disk := errors.New("input/output error")
	whole := sampleFile(t)
	for _, n := range []int{0, 2, 6, 30, len(whole) / 2, len(whole)} {
		_, _, err := readAll(io.MultiReader(bytes.NewReader(whole[:n]), iotest.ErrReader(disk)))
		var fe *FormatError
		if !errors.Is(err, disk) || errors.As(err, &fe) {
			t.Errorf("after %d octets: %v", n, err)
		}
	}
}

// A pipe gives a few octets at a time.
func TestReadingInDribbles(t *testing.T) {
	_, got, err := readAll(iotest.OneByteReader(bytes.NewReader(sampleFile(t))))
	if !errors.Is(err, io.EOF) || len(got) != len(sample()) {
		t.Errorf("%d records, then %v", len(got), err)
	}
}
