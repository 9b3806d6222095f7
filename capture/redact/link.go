package redact

import (
	"encoding/binary"

	"github.com/rstwatch/rstwatch/capture"
)

// Where things stand in link headers (IEEE 802.3, 802.1Q; LINKTYPE_LINUX_SLL,
// LINKTYPE_LINUX_SLL2).
const (
	cardLen     = 6
	familyLen   = 4 // BSD loopback
	cookedLen   = 14
	cooked2Len  = 20
	tagLen      = 4
	etherTagged = 0x8100
	etherQinQ   = 0x88a8
	etherOld    = 0x9100
)

// link redacts the link header, and passes it.
func (p *packet) link(t capture.LinkType) {
	h := p.data
	switch t {
	case capture.LinkEthernet:
		p.hardware(h[:cardLen])
		p.hardware(h[cardLen : 2*cardLen])
		p.tags(2 * cardLen)
	case capture.LinkCooked:
		p.cooked(int(binary.BigEndian.Uint16(h[4:])), h[6:cookedLen])
		p.tags(cookedLen)
	case capture.LinkCooked2:
		clear(h[2:4]) // reserved
		p.cooked(int(h[11]), h[12:cooked2Len])
		p.at = cooked2Len
	case capture.LinkNull, capture.LinkLoop:
		p.at = familyLen
	}
}

// tags passes the VLAN tags and the EtherType at an offset.
func (p *packet) tags(at int) {
	for {
		switch binary.BigEndian.Uint16(p.data[at:]) {
		case etherTagged, etherQinQ, etherOld:
			at += tagLen
			continue
		}
		p.at = at + 2
		return
	}
}

// cooked redacts the sender's link address of size octets, in a field of eight.
func (p *packet) cooked(size int, field []byte) {
	if size != cardLen {
		clear(field)
		return
	}
	p.hardware(field[:cardLen])
	clear(field[cardLen:])
}
