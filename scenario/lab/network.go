package lab

import (
	"fmt"
	"net/netip"
	"sync"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// RouteKind says where a route leads.
type RouteKind uint8

// The kinds of routes. A dial to what one of the first three covers fails at
// once, and nothing goes out. A local one makes hosts of addresses that nobody
// has: they refuse a dial, unless somebody listens on all addresses or on
// these, and with a [Drop] they are silent.
const (
	RouteBlackhole   RouteKind = iota + 1 // EINVAL
	RouteUnreachable                      // EHOSTUNREACH
	RouteProhibit                         // EACCES
	RouteLocal                            // this host: what is sent there goes out of lo and comes in again
)

// Route adds a route. It comes before the one that all of 127.0.0.0/8 has,
// also for connections that are open; only addresses that lo has itself
// (127.0.0.1, ::1, those of [Addr]) can not be routed away, which is EEXIST.
// What it returns takes the route away.
func Route(dst netip.Prefix, kind RouteKind) (restore func() error, err error) {
	dst, err = changing("route", dst)
	if err == nil && (kind < RouteBlackhole || kind > RouteLocal) {
		err = invalid("there is no route of kind %d", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("lab: add a route to %v: %w", dst, err)
	}
	remove, err := addRoute(dst.Masked(), kind)
	if err != nil {
		return nil, fmt.Errorf("lab: add a route to %v: %w", dst, err)
	}
	return undo(fmt.Sprintf("take the route to %v away", dst), remove), nil
}

// Addr gives lo another address and waits, at most two seconds, until it can be
// bound, dialled and dialled from.
// What it returns takes the address away: connections that have it stay open,
// and nothing gets through any more.
func Addr(p netip.Prefix) (remove func() error, err error) {
	p, err = changing("address", p)
	if err != nil {
		return nil, fmt.Errorf("lab: give lo %v: %w", p, err)
	}
	undone, err := addAddr(p)
	if err != nil {
		return nil, fmt.Errorf("lab: give lo %v: %w", p, err)
	}
	return undo(fmt.Sprintf("take %v from lo", p), undone), nil
}

// LinkDown takes lo down. What sockets send is lost before a capture sees it.
// Over IPv4 a dial gets no answer; over IPv6, whose addresses and routes go with
// lo, it fails at once (EADDRNOTAVAIL). Those of [Addr] and [Route] do not come
// back with it. What it returns brings lo up again and waits, at most two
// seconds, until 127.0.0.1 and ::1 can be used.
func LinkDown() (up func() error, err error) {
	if err := inside("take lo down"); err != nil {
		return nil, err
	}
	if err := lowerLoopback(); err != nil {
		return nil, fmt.Errorf("lab: take lo down: %w", err)
	}
	return undo("bring lo up", sandbox.Up), nil
}

// changing checks that the network may be changed, and a prefix.
func changing(what string, p netip.Prefix) (netip.Prefix, error) {
	if !sandbox.Inside() {
		return p, ErrNotInside
	}
	if !p.IsValid() || p.Addr().Is4In6() {
		return p, invalid("%v is no prefix for an %s", p, what)
	}
	return p, nil
}

// undo returns f, done once and with its error explained.
func undo(doing string, f func() error) func() error {
	return sync.OnceValue(func() error {
		if err := f(); err != nil {
			return fmt.Errorf("lab: %s: %w", doing, err)
		}
		return nil
	})
}
