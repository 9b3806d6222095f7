//go:build !linux && !darwin

package scenario

import (
	"context"
	"errors"
	"net/netip"
)

func pollSocket(int, int, int) (int, error) { return 0, errors.ErrUnsupported }

func stateOf(int) string { return "" }

func pollOrphan(context.Context, netip.AddrPort, netip.AddrPort) (string, error) {
	return "", errors.ErrUnsupported
}
