package lab

import (
	"encoding/binary"

	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// passing returns the rules for what an experiment lets pass before its own
// comes: what carries its mark, and with Bare what carries payload.
func (i *Intercept) passing(m Match, version int) [][]expr.Any {
	if i == nil {
		return nil
	}
	accept := &expr.Verdict{Kind: expr.VerdictAccept}
	marked := equals(&expr.Meta{Key: expr.MetaKeyMARK, Register: register}, binaryutil.NativeEndian.PutUint32(mark)...)
	rules := [][]expr.Any{append(marked, accept)}
	if i.Bare {
		full := program(Match{From: m.From, To: m.To, HasPayload: true}, version, verdict{})
		full = full[:len(full)-2] // only the rule that decides may count, see [installed.count]
		rules = append(rules, append(full, accept))
	}
	return rules
}

// numbered compares the sequence number, and the acknowledgement.
func (i *Intercept) numbered() []expr.Any {
	if i == nil || i.Numbers == nil {
		return nil
	}
	all := equals(load(expr.PayloadBaseTransportHeader, 4, 4), binary.BigEndian.AppendUint32(nil, i.Numbers.Seq)...)
	if i.NoAck {
		return all
	}
	return append(all, equals(load(expr.PayloadBaseTransportHeader, 8, 4), binary.BigEndian.AppendUint32(nil, i.Numbers.Ack)...)...)
}

// quoting matches ICMP errors that quote a segment of From to To. A quotation
// begins with the header of IP (RFC 792, RFC 4443 §3.1), which here has no
// options, for no segment of ours has.
func (i *Intercept) quoting(version int) []expr.Any {
	from, to := plain(i.From), plain(i.To)
	protocol, source, header := byte(unix.IPPROTO_ICMP), uint32(12), uint32(headerLen4)
	if version == 6 {
		protocol, source, header = unix.IPPROTO_ICMPV6, 8, headerLen6
	}
	const before = 8 // octets of ICMP's own header
	all := equals(&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register}, protocol)
	for n, a := range [][]byte{from.Addr().AsSlice(), to.Addr().AsSlice()} {
		at := before + source + uint32(n*len(a))
		all = append(all, equals(load(expr.PayloadBaseTransportHeader, at, uint32(len(a))), a...)...)
	}
	for n, port := range []uint16{from.Port(), to.Port()} {
		at := before + header + uint32(2*n)
		all = append(all, equals(load(expr.PayloadBaseTransportHeader, at, 2), binaryutil.BigEndian.PutUint16(port)...)...)
	}
	return all
}
