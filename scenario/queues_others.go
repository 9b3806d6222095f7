//go:build !linux && !darwin

package scenario

import "errors"

func unreadOf(int) (int, error) { return 0, errors.ErrUnsupported }

func unackedOf(int) (int, error) { return 0, errors.ErrUnsupported }
