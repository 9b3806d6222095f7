//go:build darwin || (cgo && !purego && linux)

package live

import (
	"errors"
	"fmt"
)

// lostInterface returns ErrGone if the named interface went away or down, else
// nil.
func lostInterface(name string) error {
	_, err := findInterface(name)
	if err == nil || errors.Is(err, ErrGone) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrGone, err)
}
