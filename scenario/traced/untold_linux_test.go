//go:build amd64 || arm64

package traced

import (
	"errors"
	"os"
	"slices"
	"testing"
)

// untoldOf runs a part whose calls another witness would tell of.
func untoldOf(t *testing.T, p string) Result {
	t.Helper()
	r, err := Run(Options{Args: []string{os.Args[0]}, Env: append(os.Environ(), part+"="+p), Untold: true})
	if errors.Is(err, ErrRefused) {
		t.Skip("needs the right to trace a child: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestUntold: no call is told, and what a program leaves open is.
func TestUntold(t *testing.T) {
	r := untoldOf(t, "leave")
	if r.Code != 0 || len(r.Events) != 0 || len(r.Endings) != 1 {
		t.Fatalf("%+v", r)
	}
	e := r.Endings[0]
	if len(e.Sockets) != 2 || e.Sockets[0] == e.Sockets[1] || slices.Contains(e.Sockets, 0) || e.Killed || e.End.Before(e.Start) {
		t.Errorf("%+v", e)
	}
	for p, code := range map[string]int{"exit": 7, "die": 128 + 9, "reset": 0, "uring": 0} {
		if r := untoldOf(t, p); r.Code != code || len(r.Events) != 0 || len(r.Endings) != 0 {
			t.Errorf("%s: %+v", p, r)
		}
	}
}
