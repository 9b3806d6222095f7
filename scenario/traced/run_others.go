//go:build !linux || !(amd64 || arm64)

package traced

// Hook reports false: no process of this program is to become another.
func Hook() bool { return false }

// Run fails with [ErrUnsupported].
func Run(Options) (Result, error) { return Result{}, ErrUnsupported }
