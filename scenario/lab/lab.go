package lab

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// ErrNotInside says that this process is not in a private network namespace,
// see [sandbox.Inside]: nothing was done. It is matched with errors.Is.
var ErrNotInside = errors.New("this process has no private network namespace")

// ErrInvalid says that what was asked for can not be, such as a rule that no
// segment could match: nothing was done. It is matched with errors.Is.
var ErrInvalid = errors.New("impossible request")

// inside fails where it is not this process's own network that would be
// changed.
func inside(doing string) error {
	if !sandbox.Inside() {
		return fmt.Errorf("lab: %s: %w", doing, ErrNotInside)
	}
	return nil
}

func invalid(format string, a ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrInvalid}, a...)...)
}

// TCP flags as they stand in the header (RFC 9293 §3.1).
const (
	FIN uint8 = 1 << iota
	SYN
	RST
	PSH
	ACK
)

// plain returns the address in its own family: IPv4 where it is IPv4 written
// as IPv6, as a dual-stack listener gives it.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// pair checks and returns both ends of one connection.
func pair(from, to netip.AddrPort) (a, b netip.AddrPort, err error) {
	a, b = plain(from), plain(to)
	if !a.IsValid() || !b.IsValid() || a.Addr().Is4() != b.Addr().Is4() {
		return a, b, invalid("%v and %v are no two addresses of one family", from, to)
	}
	return a, b, nil
}
