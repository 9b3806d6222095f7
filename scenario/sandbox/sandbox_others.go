//go:build !linux

package sandbox

import (
	"errors"
	"fmt"
	"os"
)

// unsupported is what every attempt at a sandbox ends with here.
func unsupported() error {
	return fmt.Errorf("sandbox: %w: they exist on Linux only: %w", ErrForbidden, errors.ErrUnsupported)
}

// Run fails: private network namespaces exist on Linux only.
func Run(Options) (code int, err error) { return 0, unsupported() }

// Child is a sandbox, of which there is none here.
type Child struct{}

// Start fails as Run does.
func Start(Options) (*Child, error) { return nil, unsupported() }

// Wait fails as Start does.
func (*Child) Wait() (code int, err error) { return 0, unsupported() }

// Signal fails as Start does.
func (*Child) Signal(os.Signal) error { return unsupported() }

// Inside returns false.
func Inside() bool { return false }

// Descends returns false.
func Descends() bool { return false }

// Environment returns this process's environment.
func Environment() []string { return os.Environ() }

// Up fails: private network namespaces exist on Linux only.
func Up() error { return unsupported() }

// Hook returns false: this system has no trials.
func Hook() bool { return false }

// Probe reports that no step towards a sandbox can be made.
func Probe() Report {
	r := Report{User: unsupported()}
	failed(r.User, &r.Net, &r.Packet, &r.Loopback)
	return r
}
