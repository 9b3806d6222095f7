package lab

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"time"
)

// Match says which TCP segments a rule is about. Zero fields match all.
type Match struct {
	From, To netip.AddrPort // an invalid address is any, and so is port 0

	// (flags & Mask) == Flags; with Mask 0 any.
	Flags, Mask uint8

	HasPayload bool // only segments that carry payload; takes Linux 5.16

	// Inbound puts the rule at the INPUT hook, where a segment has been seen
	// by a capture and TCP believes it sent: a loss. Otherwise it is at OUTPUT:
	// the segment reaches neither lo nor a capture, and TCP is told (EPERM).
	// Data then counts as not sent, SND.NXT stays, and the persist timer tries
	// again, not the retransmission timer (tcp_check_probe_timer).
	Inbound bool

	// Skip lets the first Skip matching segments pass. After 2³²-1 matches it
	// begins anew.
	Skip uint32

	own *Intercept // of an experiment; nil for the rules of a story
}

// check returns the version of IP that the addresses confine the rule to, 0 if
// they do not.
func (m Match) check() (version int, err error) {
	if m.Flags&^m.Mask != 0 {
		return 0, invalid("flags %#02x outside the mask %#02x match nothing", m.Flags, m.Mask)
	}
	for _, a := range []netip.AddrPort{m.From, m.To} {
		if !a.Addr().IsValid() {
			continue
		}
		v := versionOf(a.Addr())
		if version != 0 && v != version {
			return 0, invalid("%v and %v are of two families", m.From, m.To)
		}
		version = v
	}
	return version, nil
}

func versionOf(a netip.Addr) int {
	if a.Unmap().Is4() {
		return 4
	}
	return 6
}

// Rule is a rule of the firewall, in force until it is removed.
type Rule struct {
	installed installed
	remove    func() error
}

// Drop loses the segments that match, and answers none. Like all rules it takes
// a kernel with nf_tables, and is in force when the call returns.
func Drop(m Match) (*Rule, error) { return newRule("drop segments", m, 0, verdict{kind: drops}) }

// RejectReset loses the segments that match and answers each with a TCP reset
// in the name of whom it was for, except those that are resets themselves. On
// the wire it is the reset of a host that has no such socket (nf_send_reset).
func RejectReset(m Match) (*Rule, error) {
	return newRule("reject segments with a reset", m, 0, verdict{kind: resets})
}

// RejectICMP loses the segments that match and answers each with an ICMP error
// in the name of whom it was for. The kind says which version of IP the rule
// is about: kind 3, destination unreachable, is IPv4's (RFC 792), kind 1 IPv6's
// (RFC 4443 §3.1). Code is any of that kind but IPv4's 4, fragmentation
// needed, which needs an MTU; [ErrInvalid] otherwise. For that one, and for
// other kinds, there is [ForgeICMP].
func RejectICMP(m Match, kind, code uint8) (*Rule, error) {
	const doing = "reject segments with an ICMP error"
	switch {
	case kind == ICMPv4Unreachable && code <= 15 && code != FragmentationNeeded:
		return newRule(doing, m, 4, verdict{unreaches, code})
	case kind == ICMPv6Unreachable && code <= 6:
		return newRule(doing, m, 6, verdict{unreaches, code})
	}
	return nil, fmt.Errorf("lab: %s: %w", doing, invalid("type %d code %d is not a firewall's to send", kind, code))
}

// verdict is what becomes of a segment that matches.
type verdict struct {
	kind verdictKind
	code uint8 // of an ICMP error
}

type verdictKind uint8

const (
	drops verdictKind = iota
	resets
	unreaches
)

func newRule(doing string, m Match, version int, v verdict) (*Rule, error) {
	if err := inside(doing); err != nil {
		return nil, err
	}
	confined, err := m.check()
	switch {
	case err != nil:
		return nil, fmt.Errorf("lab: %s: %w", doing, err)
	case version == 0:
		version = confined
	case confined != 0 && confined != version:
		return nil, fmt.Errorf("lab: %s: %w", doing, invalid("the addresses are IPv%d's, the error IPv%d's", confined, version))
	}
	in, err := install(m, version, v)
	if err != nil {
		return nil, fmt.Errorf("lab: %s: %w", doing, err)
	}
	return &Rule{installed: in, remove: sync.OnceValue(in.remove)}, nil
}

// Remove takes the rule away. Further calls return what the first did.
func (r *Rule) Remove() error {
	if err := r.remove(); err != nil {
		return fmt.Errorf("lab: remove a rule: %w", err)
	}
	return nil
}

// Count returns how many segments have matched so far, those that
// [Match.Skip] let pass included.
func (r *Rule) Count() (uint64, error) {
	n, err := r.installed.count()
	if err != nil {
		return 0, fmt.Errorf("lab: count a rule's matches: %w", err)
	}
	return n, nil
}

// countEvery is how often [Rule.Await] asks: the kernel tells nobody that a
// rule has matched.
const countEvery = time.Millisecond

// Await blocks until n segments have matched, or until ctx ends, whose error
// it then returns.
func (r *Rule) Await(ctx context.Context, n uint64) error {
	tick := time.NewTicker(countEvery)
	defer tick.Stop()
	for {
		have, err := r.Count()
		if err != nil || have >= n {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("lab: %d segments of %d have matched: %w", have, n, ctx.Err())
		case <-tick.C:
		}
	}
}
