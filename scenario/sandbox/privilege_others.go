//go:build !unix

package sandbox

import (
	"errors"
	"fmt"
)

// GiveUpRoot fails: there is no root here.
func GiveUpRoot(uid, gid int, groups []int) error {
	return fmt.Errorf("sandbox: give root up: %w", errors.ErrUnsupported)
}
