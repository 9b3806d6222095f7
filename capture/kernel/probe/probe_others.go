//go:build !linux || !(amd64 || arm64)

package probe

import (
	"errors"
	"fmt"
	"os"

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

// Loan is the hearing of one child process.
type Loan struct{}

// Lender lends the kernel's word to children.
type Lender struct{}

// Lend fails with [errors.ErrUnsupported].
func (*Lender) Lend(Options) (*Loan, error) {
	return nil, fmt.Errorf("probe: this system's kernel does not tell: %w", errors.ErrUnsupported)
}

// Files returns none.
func (*Loan) Files() []*os.File { return nil }

// To fails with [errors.ErrUnsupported].
func (*Loan) To(int) error { return errors.ErrUnsupported }

// Close does nothing.
func (*Loan) Close() error { return nil }

// Borrow fails with [errors.ErrUnsupported].
func Borrow([]*os.File) (*Probe, error) {
	return nil, fmt.Errorf("probe: this system's kernel does not tell: %w", errors.ErrUnsupported)
}
