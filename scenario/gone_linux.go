package scenario

import (
	"context"
	"net/netip"
	"time"
)

// pollGone asks until no socket has the addresses, or ctx ends (errWoken, with
// the state that it is in).
func pollGone(ctx context.Context, local, remote netip.AddrPort) (string, error) {
	d, err := openDiag()
	if err != nil {
		return "", err
	}
	defer d.close()
	tick := time.NewTicker(askEvery)
	defer tick.Stop()
	for {
		state, found, err := d.state(local, remote)
		if err != nil || !found {
			return "", err
		}
		select {
		case <-ctx.Done():
			return stateName(state), errWoken
		case <-tick.C:
		}
	}
}
