//go:build !linux

package scenario

import "net/netip"

// hasBucket is for kernels that leave a connection in TIME_WAIT with its socket.
func hasBucket(_, _ netip.AddrPort) bool { return false }
