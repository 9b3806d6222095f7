//go:build !cgo || purego || !(linux || darwin)

package file

import "github.com/rstwatch/rstwatch/capture"

type program struct{}

func compile(capture.LinkType, string) (*program, error) { return nil, ErrNoFilters }

func (*program) match([]byte, int) bool { return false }
