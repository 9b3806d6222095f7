//go:build !linux || !(amd64 || arm64)

package probe

import (
	"errors"
	"fmt"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// Probe hears the kernel.
type Probe struct{}

// Open fails with [errors.ErrUnsupported].
func Open(Options) (*Probe, error) {
	return nil, fmt.Errorf("probe: this system's kernel does not tell: %w", errors.ErrUnsupported)
}

// Offer is empty.
func (*Probe) Offer() Offer { return Offer{} }

// Take returns nothing.
func (*Probe) Take() ([]kernel.Signal, uint64, error) { return nil, 0, errors.ErrUnsupported }

// Close does nothing.
func (*Probe) Close() error { return nil }
