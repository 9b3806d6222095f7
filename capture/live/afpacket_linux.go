//go:build linux && (!cgo || purego)

package live

import (
	"net"

	"golang.org/x/sys/unix"
)

// Backend is how this build captures.
const Backend = packetBackend

// Version says which library or kernel interface captures.
func Version() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "AF_PACKET TPACKET_V2"
	}
	return "AF_PACKET TPACKET_V2, Linux " + unix.ByteSliceToString(u.Release[:])
}

func openDevice(ifi net.Interface, o Options) (source, error) { return openPackets(ifi, o, mapRing) }
