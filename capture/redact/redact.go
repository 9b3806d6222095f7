package redact

import (
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// Redactor redacts the frames of one output. It must not be used by two
// goroutines at a time. The zero value is not ready: see [New].
type Redactor struct {
	addresses addresses
	buf       []byte
}

// New returns a Redactor that has seen no address.
func New() *Redactor { return &Redactor{addresses: newAddresses()} }

// Frame returns f without what is to be kept back. Its octets are valid until
// the next call; f is not changed. The result decodes to the same segment or
// ICMP error as f ([capture.Decode]), but for addresses and options, and is as
// long.
//
// A frame that holds neither gives the error of Decode, and [ErrAddresses] is
// returned where no new address is left: such a frame has no redacted form.
func (r *Redactor) Frame(f capture.Frame) (capture.Frame, error) {
	headers, err := r.redact(f)
	if err != nil {
		return capture.Frame{}, err
	}
	clear(r.buf[headers:])
	return capture.Frame{Link: f.Link, Data: r.buf, Wire: max(f.Wire, len(f.Data))}, nil
}

// redact puts a copy of f into r.buf whose headers are redacted, and returns
// where they end.
func (r *Redactor) redact(f capture.Frame) (headers int, err error) {
	s, err := capture.Decode(time.Time{}, f)
	if err != nil {
		return 0, err
	}
	r.buf = append(r.buf[:0], f.Data...)
	p := packet{addresses: &r.addresses, data: r.buf, end: max(f.Wire, len(f.Data)), v6: s.Src.Addr().Is6()}
	p.link(f.Link)
	if p.ip() == protoTCP {
		p.tcp()
	} else {
		p.icmp()
	}
	if r.addresses.spent {
		return 0, ErrAddresses
	}
	return p.at, nil
}

// Addr returns the address that stands for a. Where no new address is left it
// returns the zero Addr.
func (r *Redactor) Addr(a netip.Addr) netip.Addr {
	if a.Is4() {
		b := a.As4()
		r.addresses.ip(b[:])
		a = netip.AddrFrom4(b)
	} else if a.Is6() {
		b := a.As16()
		r.addresses.ip(b[:])
		a = netip.AddrFrom16(b)
	}
	if r.addresses.spent {
		return netip.Addr{}
	}
	return a
}

// packet is a place in a copy of a frame that [capture.Decode] has read, moved
// from header to header. What it has passed is redacted.
type packet struct {
	*addresses
	data []byte
	at   int
	end  int // where the datagram ends on the wire
	v6   bool
	sum  uint32 // of the addresses in the pseudo-header, once an IP header is passed
}
