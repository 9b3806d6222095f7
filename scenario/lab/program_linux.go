package lab

import (
	"net/netip"

	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// register is the one that every expression here uses: nothing has to be kept.
const register = unix.NFT_REG_1

// program returns a rule as nftables runs it: each expression that does not
// hold ends it.
func program(m Match, version int, v verdict) []expr.Any {
	if m.own != nil && m.own.Quoted {
		return append(m.own.quoting(version), &expr.Counter{}, v.expression())
	}
	all := equals(&expr.Meta{Key: expr.MetaKeyL4PROTO, Register: register}, unix.IPPROTO_TCP)
	switch version {
	case 4:
		all = append(all, equals(&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: register}, unix.NFPROTO_IPV4)...)
	case 6:
		all = append(all, equals(&expr.Meta{Key: expr.MetaKeyNFPROTO, Register: register}, unix.NFPROTO_IPV6)...)
	}
	all = append(all, endpoint(m.From, 12, 8, 0)...)
	all = append(all, endpoint(m.To, 16, 24, 2)...)
	if m.Mask != 0 {
		all = append(all, load(expr.PayloadBaseTransportHeader, 13, 1),
			&expr.Bitwise{SourceRegister: register, DestRegister: register, Len: 1, Mask: []byte{m.Mask}, Xor: []byte{0}},
			compare(expr.CmpOpEq, m.Flags))
	}
	if m.HasPayload {
		// Loading the first octet after the TCP header, wherever that ends,
		// fails where there is none (nft_payload_eval).
		all = append(all, load(unix.NFT_PAYLOAD_INNER_HEADER, 0, 1))
	}
	all = append(all, m.own.numbered()...)
	all = append(all, &expr.Counter{})
	if m.Skip > 0 {
		all = append(all, after(m.Skip)...)
	}
	return append(all, v.expression())
}

func (v verdict) expression() expr.Any {
	switch v.kind {
	case resets:
		return &expr.Reject{Type: unix.NFT_REJECT_TCP_RST}
	case unreaches:
		return &expr.Reject{Type: unix.NFT_REJECT_ICMP_UNREACH, Code: v.code}
	}
	return &expr.Verdict{Kind: expr.VerdictDrop}
}

// endpoint compares an address, at its offset in the header of IPv4 or IPv6,
// and a port, at its offset in that of TCP.
func endpoint(a netip.AddrPort, at4, at6, atPort uint32) []expr.Any {
	var all []expr.Any
	if a.Addr().IsValid() {
		address, at := plain(a).Addr().AsSlice(), at6
		if len(address) == 4 {
			at = at4
		}
		all = equals(load(expr.PayloadBaseNetworkHeader, at, uint32(len(address))), address...)
	}
	if a.Port() != 0 {
		port := load(expr.PayloadBaseTransportHeader, atPort, 2)
		all = append(all, equals(port, binaryutil.BigEndian.PutUint16(a.Port())...)...)
	}
	return all
}

// after holds from the n+1st time on that it is reached. The generator counts
// them from 0 (nft_ng_inc_eval), in the machine's order of octets; the
// comparison is memcmp's.
func after(n uint32) []expr.Any {
	return []expr.Any{
		&expr.Numgen{Register: register, Modulus: 1<<32 - 1, Type: unix.NFT_NG_INCREMENTAL},
		&expr.Byteorder{SourceRegister: register, DestRegister: register, Op: expr.ByteorderHton, Len: 4, Size: 4},
		compare(expr.CmpOpGte, binaryutil.BigEndian.PutUint32(n)...),
	}
}

func load(base expr.PayloadBase, offset, length uint32) expr.Any {
	return &expr.Payload{DestRegister: register, Base: base, Offset: offset, Len: length}
}

func compare(op expr.CmpOp, with ...byte) expr.Any {
	return &expr.Cmp{Op: op, Register: register, Data: with}
}

func equals(what expr.Any, value ...byte) []expr.Any {
	return []expr.Any{what, compare(expr.CmpOpEq, value...)}
}
