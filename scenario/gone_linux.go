package scenario

import (
	"context"
	"net/netip"
)

// pollGone asks until no socket has the addresses, or ctx ends (errWoken, with
// the state that it is in).
func pollGone(ctx context.Context, local, remote netip.AddrPort) (string, error) {
	return askState(ctx, local, remote, func(_ uint8, found bool) bool { return !found })
}
