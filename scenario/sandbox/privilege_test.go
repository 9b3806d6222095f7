package sandbox

import "testing"

func TestInvoker(t *testing.T) {
	for _, c := range []struct {
		euid       int
		uid, gid   string
		wantUID    int
		wantCaller bool
	}{
		{0, "1000", "1000", 1000, true},
		{0, "1000", "100", 1000, true},
		{1000, "1000", "1000", 0, false}, // not root: the variables are anyone's
		{0, "", "", 0, false},
		{0, "0", "0", 0, false},
		{0, "1000", "", 0, false},
		{0, "1000", "0", 0, false},
		{0, "-1", "1000", 0, false},
		{0, "4294967295", "1000", 0, false},
		{0, "4294967296", "1000", 0, false},
		{0, "1000x", "1000", 0, false},
	} {
		env := map[string]string{"SUDO_UID": c.uid, "SUDO_GID": c.gid}
		uid, _, ok := invoker(c.euid, func(name string) string { return env[name] })
		if uid != c.wantUID || ok != c.wantCaller {
			t.Errorf("euid %d SUDO_UID=%q SUDO_GID=%q: %d, %v", c.euid, c.uid, c.gid, uid, ok)
		}
	}
}

func TestGroupsOfNobodyKnown(t *testing.T) {
	const stranger = 1<<32 - 3
	if got := Groups(stranger, 77); len(got) != 1 || got[0] != 77 {
		t.Errorf("groups %v, want the gid alone", got)
	}
}
