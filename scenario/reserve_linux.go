package scenario

import "golang.org/x/sys/unix"

// sharedPorts: a socket that is bound with SO_REUSEADDR and does not listen
// leaves its port to a listener with SO_REUSEADDR, which every Go listener has
// (inet_bind_conflict), and keeps connect from choosing it
// (__inet_hash_connect). So a reservation can be held all along.
const sharedPorts = true

// shareAddress lets a socket be bound where another is that shares as well. With
// SO_REUSEADDR on both two have the same port as long as neither listens, or one
// of them alone does (inet_bind_conflict).
func shareAddress(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
}
