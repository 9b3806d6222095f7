//go:build !linux

package scenario

import (
	"context"
	"errors"
	"net/netip"
)

func pollGone(context.Context, netip.AddrPort, netip.AddrPort) (string, error) {
	return "", errors.ErrUnsupported
}
