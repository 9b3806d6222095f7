package analysis

import (
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// icmpRule is one row of the table that says which error an ICMP message
// stands for.
type icmpRule struct {
	name   string
	v6     bool
	typ    uint8
	codes  []uint8 // nil: all
	err    scenario.Fault
	dials  bool // it counts only while a connection is attempted
	source string
}

// linuxICMP: icmp_err_convert (net/ipv4/icmp.c) and tab_unreach
// (net/ipv6/icmp.c).
var linuxICMP = []icmpRule{
	{name: "icmp-net-unreachable", typ: 3, codes: []uint8{0, 5, 6, 9, 11}, err: "ENETUNREACH", source: "RFC 792, icmp_err_convert"},
	{name: "icmp-host-unreachable", typ: 3, codes: []uint8{1, 7, 10, 12, 13, 14, 15}, err: "EHOSTUNREACH", source: "RFC 792, icmp_err_convert"},
	{name: "icmp-protocol-unreachable", typ: 3, codes: []uint8{2}, err: "ENOPROTOOPT", source: "RFC 792, icmp_err_convert"},
	{name: "icmp-port-unreachable", typ: 3, codes: []uint8{3}, err: scenario.ECONNREFUSED, source: "RFC 792, icmp_err_convert"},
	{name: "icmp-time-exceeded", typ: 11, err: "EHOSTUNREACH", source: "RFC 792, tcp_v4_err"},
	{name: "icmp6-no-route", v6: true, typ: 1, codes: []uint8{0}, err: "ENETUNREACH", source: "RFC 4443 §3.1, icmpv6_err_convert"},
	{name: "icmp6-prohibited", v6: true, typ: 1, codes: []uint8{1, 5, 6}, err: "EACCES", source: "RFC 4443 §3.1, icmpv6_err_convert"},
	{name: "icmp6-address-unreachable", v6: true, typ: 1, codes: []uint8{2, 3}, err: "EHOSTUNREACH", source: "RFC 4443 §3.1, icmpv6_err_convert"},
	{name: "icmp6-port-unreachable", v6: true, typ: 1, codes: []uint8{4}, err: scenario.ECONNREFUSED, source: "RFC 4443 §3.1, icmpv6_err_convert"},
	{name: "icmp6-time-exceeded", v6: true, typ: 3, err: "EHOSTUNREACH", source: "RFC 4443 §3.3, icmpv6_err_convert"},
}

// darwinICMP: tcp_ctlinput and tcp_notify, with net.inet.tcp.icmp_may_rst as it
// comes. Net and host unreachable end no attempt before the fourth SYN, and are
// nothing to a connection that stands.
var darwinICMP = []icmpRule{
	{name: "icmp-refused", typ: 3, codes: []uint8{2, 3, 9, 10, 13}, err: scenario.ECONNREFUSED, source: "tcp_ctlinput, tcp_drop_syn_sent"},
	{name: "icmp-time-exceeded", typ: 11, err: "EHOSTUNREACH", dials: true, source: "tcp_ctlinput, tcp_drop_syn_sent"},
	{name: "icmp6-refused", v6: true, typ: 1, codes: []uint8{1, 4}, err: scenario.ECONNREFUSED, source: "tcp6_ctlinput, tcp_drop_syn_sent"},
	{name: "icmp6-time-exceeded", v6: true, typ: 3, err: "EHOSTUNREACH", dials: true, source: "tcp6_ctlinput, tcp_drop_syn_sent"},
}

func (r *icmpRule) is(m capture.ICMP) bool {
	if r.v6 != m.From.Is6() || r.typ != m.Type {
		return false
	}
	for _, c := range r.codes {
		if c == m.Code {
			return true
		}
	}
	return r.codes == nil
}

// icmp lets an ICMP error reach the endpoint (tcp_v4_err, tcp_v6_err;
// tcp_ctlinput). It counts
// only if it quotes what is under way. It ends an attempt to connect; later it
// is a soft error, told only when a timer gives up, and forgotten at the next
// acknowledgement.
func (m *Model) icmp(e *endpoint, s *capture.Segment) passed {
	p := passed{before: e.state, after: e.state}
	if s.Seq.Before(e.sndUna) || s.Seq.After(e.sndNxt) {
		return p
	}
	for i := range m.icmpErrors {
		r := &m.icmpErrors[i]
		if !r.is(s.ICMP) || r.dials && e.state != SynSent {
			continue
		}
		p.rules, p.icmp = []string{r.name}, r
		switch {
		case e.state == SynSent:
			e.err, e.errBy, e.state = r.err, Link{Segment: s.ID}, Closed
			e.shutdown(rcvShut|sendShut, e.errBy)
			p.raised, p.after = r.err, Closed
		case synchronized.has(e.state):
			e.soft, e.softBy = r.err, Link{Segment: s.ID}
			p.softened = r.err
		}
		return p
	}
	return p
}
