//go:build cgo && !purego && (linux || darwin)

package live

import (
	"errors"
	"testing"
)

// TestReason holds the texts of gopacket, libpcap and the system.
func TestReason(t *testing.T) {
	for text, want := range map[string]error{
		"Permission Denied":                                         ErrPermission,
		"Error: socket: Operation not permitted":                    ErrPermission,
		"(cannot open BPF device) /dev/bpf0: Permission denied":     ErrPermission,
		"lo: You don't have permission to capture on that device":   ErrPermission,
		"No Such Device":                                            ErrInterface,
		"lo: No such device exists (SIOCGIFHWADDR: No such device)": ErrInterface,
		"Interface Not Up":                                          ErrGone,
	} {
		cause := errors.New(text)
		if err := reason(cause); !errors.Is(err, want) || !errors.Is(err, cause) {
			t.Errorf("%q became %v, want %v and itself", text, err, want)
		}
	}
	if cause := errors.New("Error: out of memory"); reason(cause) != cause {
		t.Errorf("%v became %v", cause, reason(cause))
	}
}
