package redact

import "encoding/binary"

const (
	tcpLen    = 20
	portsLen  = 8  // ports and sequence number
	offsetAt  = 12 // of the data offset
	tcpSumAt  = 16
	mptcpKind = 30
)

// tcp redacts the TCP header at p, and passes as much of it as there is.
func (p *packet) tcp() { p.tcpUpTo(len(p.data)) }

// tcpUpTo redacts a TCP header of which there are octets up to limit, 8 or
// more, and passes it. The checksum is that of the header as it is now and of
// zeros.
func (p *packet) tcpUpTo(limit int) {
	h := p.data[p.at:limit]
	if len(h) > offsetAt {
		h = h[:min(len(h), max(tcpLen, int(h[offsetAt]>>4)*4))]
	}
	if len(h) > tcpLen {
		options(h[tcpLen:])
	}
	if len(h) >= tcpSumAt+2 {
		binary.BigEndian.PutUint16(h[tcpSumAt:], 0)
		binary.BigEndian.PutUint16(h[tcpSumAt:], checksum(sum(h)+p.pseudo(protoTCP, max(p.end-p.at, 0))))
	} else if len(h) > tcpSumAt {
		clear(h[tcpSumAt:]) // half a checksum
	}
	p.at += len(h)
}

// options redacts the options in b. One whose length makes no sense ends them,
// as it does for [capture.Decode].
func options(b []byte) {
	const end, nop = 0, 1
	for len(b) > 0 {
		if b[0] == nop {
			b = b[1:]
			continue
		}
		if b[0] == end || len(b) < 2 || b[1] < 2 || int(b[1]) > len(b) {
			clear(b)
			return
		}
		n := int(b[1])
		switch o := b[:n]; {
		case known(o):
		case o[0] == mptcpKind:
			mptcp(o)
		default:
			for i := range o {
				o[i] = nop
			}
		}
		b = b[n:]
	}
}

// known reports whether an option says nothing but how the connection works, as
// its whole length shows (RFC 9293 §3.2, RFC 7323, RFC 2018).
func known(o []byte) bool {
	switch kind, n := o[0], len(o); kind {
	case 2: // maximum segment size
		return n == 4
	case 3: // window scale
		return n == 3
	case 4: // SACK permitted
		return n == 2
	case 5: // SACK: gaps in the peer's octets
		return n >= 10 && (n-2)%8 == 0
	case 8: // timestamps
		return n == 10
	}
	return false
}

// mptcp keeps of an MPTCP option the subtype, and of MP_TCPRST the flags and the
// reason (RFC 8684 §3.6). Keys, tokens, numbers and addresses are zeroed.
func mptcp(o []byte) {
	const reset = 8
	if len(o) < 3 || len(o) == 4 && o[2]>>4 == reset {
		return
	}
	o[2] &= 0xf0
	clear(o[3:])
}
