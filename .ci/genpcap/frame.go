package main

import (
	"encoding/binary"
	"fmt"

	"github.com/rstwatch/rstwatch/capture"
)

const (
	maxSnap    = 262144
	maxPayload = 65000 // fits a datagram with all headers
	maxHeaders = 128
	perClient  = 60000 // connections of a client's address, each with a port
)

// link is a link type and the octets in front of the IP header.
type link struct {
	typ    capture.LinkType
	v4, v6 []byte
}

func linkOf(name string) (link, error) {
	mac := "\x02\x00\x00\x00\x00\x01\x02\x00\x00\x00\x00\x02"
	sll := "\x00\x00\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00"
	sll2 := "\x00\x00\x00\x00\x00\x02\x00\x01\x00\x06\x02\x00\x00\x00\x00\x01\x00\x00"
	switch name {
	case "ethernet":
		return link{capture.LinkEthernet, []byte(mac + "\x08\x00"), []byte(mac + "\x86\xdd")}, nil
	case "raw":
		return link{capture.LinkRaw, nil, nil}, nil
	case "null":
		return link{capture.LinkNull, []byte("\x02\x00\x00\x00"), []byte("\x1e\x00\x00\x00")}, nil
	case "sll":
		return link{capture.LinkCooked, []byte(sll + "\x08\x00"), []byte(sll + "\x86\xdd")}, nil
	case "sll2":
		return link{capture.LinkCooked2, []byte("\x08\x00" + sll2), []byte("\x86\xdd" + sll2)}, nil
	}
	return link{}, fmt.Errorf("no link type %q", name)
}

// framer makes frames, one after the other in the same memory.
type framer struct {
	link link
	snap int
	buf  []byte // payload is zero
}

func newFramer(l link, snap int) *framer {
	return &framer{link: l, snap: snap, buf: make([]byte, maxHeaders+maxPayload)}
}

// frame returns the frame of a segment; it is valid until the next call. The
// payload is zero, so that the checksum, which is right, needs no pass over it.
func (f *framer) frame(s segment) capture.Frame {
	b := f.buf
	clear(b[:maxHeaders])
	at := copy(b, f.link.v4)
	if s.v6 {
		at = copy(b, f.link.v6)
	}
	var options []byte
	if s.flags.Has(capture.SYN) {
		options = []byte{2, 4, 0x05, 0xb4, 4, 2, 1, 1, 1, 3, 3, 7} // MSS 1460, SACK, scale 7
	}
	segmentLen := 20 + len(options) + s.payload
	ip := b[at:]
	headerLen := ipHeader(ip, s, segmentLen)
	tcp := ip[headerLen:]
	tcpHeader(tcp, s, options)
	addresses := 8 // octets of both, which end the header
	if s.v6 {
		addresses = 32
	}
	check := sum(6+uint32(segmentLen), ip[headerLen-addresses:headerLen])
	binary.BigEndian.PutUint16(tcp[16:], ^fold(sum(check, tcp[:20+len(options)])))
	wire := at + headerLen + segmentLen
	return capture.Frame{Link: f.link.typ, Data: b[:min(wire, f.snap)], Wire: wire}
}

// ipHeader writes the IP header and returns its length.
func ipHeader(b []byte, s segment, payload int) int {
	client, server := 0, 1
	if s.server {
		client, server = 1, 0
	}
	host := uint32(s.connection/perClient) + 1
	if s.v6 {
		binary.BigEndian.PutUint32(b, 6<<28)
		binary.BigEndian.PutUint16(b[4:], uint16(payload))
		b[6], b[7] = 6, 64
		c, d := b[8+16*client:], b[8+16*server:]
		copy(c, "\x20\x01\x0d\xb8")
		binary.BigEndian.PutUint32(c[12:], host)
		copy(d, "\x20\x01\x0d\xb8\x00\x01")
		d[15] = 1
		return 40
	}
	b[0] = 4<<4 | 5
	binary.BigEndian.PutUint16(b[2:], uint16(20+payload))
	binary.BigEndian.PutUint16(b[6:], 1<<14) // don't fragment
	b[8], b[9] = 64, 6
	binary.BigEndian.PutUint32(b[12+4*client:], 10<<24|host)
	copy(b[12+4*server:], "\xc0\xa8\x00\x01")
	binary.BigEndian.PutUint16(b[10:], ^fold(sum(0, b[:20])))
	return 20
}

func tcpHeader(b []byte, s segment, options []byte) {
	ports := [2]uint16{uint16(1024 + s.connection%perClient), 443}
	if s.server {
		ports[0], ports[1] = ports[1], ports[0]
	}
	binary.BigEndian.PutUint16(b, ports[0])
	binary.BigEndian.PutUint16(b[2:], ports[1])
	binary.BigEndian.PutUint32(b[4:], s.seq)
	binary.BigEndian.PutUint32(b[8:], s.ack)
	b[12] = byte(5+len(options)/4) << 4
	b[13] = byte(s.flags)
	if !s.flags.Has(capture.RST) {
		binary.BigEndian.PutUint16(b[14:], 64240)
	}
	copy(b[20:], options)
}

// sum adds the 16-bit words of b, which has an even length (RFC 1071).
func sum(s uint32, b []byte) uint32 {
	for ; len(b) > 0; b = b[2:] {
		s += uint32(binary.BigEndian.Uint16(b))
	}
	return s
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
