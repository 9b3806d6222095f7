//go:build amd64 || arm64

package probe

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
)

// TestNoBTF: it is said, and that nothing else is missing.
func TestNoBTF(t *testing.T) {
	err := refusal(errNoBTF, circumstances{})
	if !strings.Contains(Because(err), "BTF") || !errors.Is(err, errors.ErrUnsupported) || errors.Is(err, ErrPermission) {
		t.Error(err)
	}
	err = refusal(errors.New("program: invalid argument"), circumstances{lockdown: "none integrity [confidentiality]"})
	if !strings.Contains(Because(err), "locked down") || !errors.Is(err, ErrPermission) {
		t.Error(err)
	}
}

// TestRefused: what stands in the way is named, with what would help.
func TestRefused(t *testing.T) {
	const host = "         0          0 4294967295\n"
	root := "Name:\tx\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n"
	for name, c := range map[string]struct {
		around          circumstances
		because, remedy string
	}{
		"an ordinary user":     {circumstances{"CapEff:\t0000000000000000\nSeccomp:\t0\n", host, ""}, "CAP_BPF and CAP_PERFMON", "sudo"},
		"one of two":           {circumstances{"CapEff:\t0000008000000000\nSeccomp:\t0\n", host, ""}, "CAP_BPF and CAP_PERFMON", "sudo"},
		"a private namespace":  {circumstances{root, "0 1000 1\n", ""}, "user namespace", "sudo"},
		"a container":          {circumstances{strings.Replace(root, "Seccomp:\t0", "Seccomp:\t2", 1), host, "[none] integrity confidentiality\n"}, "seccomp", "profile"},
		"locked down":          {circumstances{root, host, "none integrity [confidentiality]\n"}, "locked down", "lockdown=integrity"},
		"a user, locked down":  {circumstances{"CapEff:\t0\nSeccomp:\t2\n", host, "none integrity [confidentiality]\n"}, "CAP_BPF", "sudo"},
		"integrity is no wall": {circumstances{root, host, "none [integrity] confidentiality\n"}, "although", ""},
		"nothing can be read":  {circumstances{}, "CAP_BPF", "sudo"},
		"both capabilities":    {circumstances{"CapEff:\t000000c000000000\nSeccomp:\t0\n", host, ""}, "although", ""},
	} {
		err := c.around.refused(fs.ErrPermission)
		var e *Error
		if !errors.As(err, &e) || Because(err) != e.Because || !errors.Is(err, ErrPermission) || !errors.Is(err, fs.ErrPermission) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !strings.Contains(err.Error(), c.because) || !strings.Contains(e.Remedy, c.remedy) || (e.Remedy == "") != (c.remedy == "") {
			t.Errorf("%s: %q, %q", name, e.Because, e.Remedy)
		}
	}
}
