//go:build !linux

package scenario

// sharedPorts: BSD lets two sockets bind one address and port only if both
// have SO_REUSEPORT (in_pcbbind), which a Go listener has not. A held port
// could not be listened on: ports are found free and released again, and
// whoever is quick enough can take one.
const sharedPorts = false
