//go:build !linux

package session

// onEveryCPU calls do once: elsewhere loopback has one queue.
func onEveryCPU(do func() error) error { return do() }
