//go:build unix

package postmortem

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func namedPipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := unix.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
