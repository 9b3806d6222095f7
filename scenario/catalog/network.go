package catalog

import (
	"net/netip"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

// under has a rule of a firewall in force until the story ends, or until the
// function that it returns is called.
func under(s *scenario.Stage, what string, add func() (*lab.Rule, error)) (lift func()) {
	return s.Change(what, func() (func() error, error) {
		rule, err := add()
		if err != nil {
			return nil, err
		}
		return rule.Remove, nil
	})
}

// from is what meets the segments that p sends to its peer, where they come in: a
// capture has seen them, and p believes them sent.
func from(p *scenario.Peer) lab.Match {
	return lab.Match{From: p.Local(), To: p.Remote(), Inbound: true}
}

// losing has everything that p sends lost on its way.
func losing(s *scenario.Stage, p *scenario.Peer) (lift func()) {
	return under(s, "lose what the "+string(p.Role())+" sends", func() (*lab.Rule, error) { return lab.Drop(from(p)) })
}

// unreachable is an ICMP error in both versions of IP: its codes of
// "destination unreachable".
type unreachable struct{ four, six uint8 }

// to rejects with the error what comes in for an address.
func (u unreachable) to(at netip.AddrPort) func() (*lab.Rule, error) {
	return u.reject(at.Addr(), lab.Match{To: at, Inbound: true})
}

// reject rejects with the error what matches and is for an address.
func (u unreachable) reject(at netip.Addr, m lab.Match) func() (*lab.Rule, error) {
	return func() (*lab.Rule, error) {
		if at.Is6() {
			return lab.RejectICMP(m, lab.ICMPv6Unreachable, u.six)
		}
		return lab.RejectICMP(m, lab.ICMPv4Unreachable, u.four)
	}
}

// elsewhere is an address that is nobody's, kept for documentation (RFC 5737,
// RFC 3849), in the family and with the port of at.
func elsewhere(at netip.AddrPort) netip.AddrPort {
	a := netip.AddrFrom4([4]byte{192, 0, 2, 1})
	if at.Addr().Is6() {
		a = netip.MustParseAddr("2001:db8::1")
	}
	return netip.AddrPortFrom(a, at.Port())
}

// onlyLinux is what a story expects that needs a private network, which only
// Linux has.
func onlyLinux(r ...scenario.Result) map[string][]scenario.Result {
	return map[string][]scenario.Result{"linux": r}
}

// tooMuch returns a text that p can not write while nobody reads: it is more than
// p's send buffer, which is kept small, and the other side's receive buffer, which
// grows for those who read only, can hold.
func tooMuch(p *scenario.Peer) string {
	p.WriteBuffer(64 << 10)
	return strings.Repeat("x", 4<<20)
}
