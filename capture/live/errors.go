package live

import "errors"

// The reasons for which a capture does not start, or ends. Match them with
// errors.Is; the errors that carry them say more.
var (
	// ErrPermission means that this process has no right to capture. On Linux
	// it needs CAP_NET_RAW in the user namespace that owns its network
	// namespace; on macOS a BPF device that it may open.
	ErrPermission = errors.New("no right to capture")
	// ErrInterface means that there is no such interface. The error names those
	// that exist.
	ErrInterface = errors.New("no such interface")
	// ErrNotLoopback means that the interface exists and is not loopback.
	ErrNotLoopback = errors.New("not a loopback interface")
	// ErrGone means that the interface is down, or went down or away during the
	// capture.
	ErrGone = errors.New("the interface is down or gone")
)
