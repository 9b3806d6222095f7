//go:build !linux

package live

import "net"

// openBatched leaves it to the backend whether frames come in batches.
func openBatched(ifi net.Interface, o Options) (source, error) { return openDevice(ifi, o) }
