//go:build !linux

package scenario

import "errors"

func disconnect(int) error { return errors.ErrUnsupported }
