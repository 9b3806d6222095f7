//go:build !linux || !(amd64 || arm64)

package traced

// Hook reports false: no process of this program is to become another.
func Hook() bool { return false }

// Inherited returns nothing: no program is started from here.
func Inherited() []int { return nil }

// Run fails with [ErrUnsupported].
func Run(Options) (Result, error) { return Result{}, ErrUnsupported }

// Probe fails with [ErrUnsupported].
func Probe() error { return ErrUnsupported }
