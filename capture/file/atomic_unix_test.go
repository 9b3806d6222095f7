//go:build unix

package file

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFifoIsWrittenDirectly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	type result struct {
		text string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			read <- result{"", err}
			return
		}
		b, err := io.ReadAll(f)
		read <- result{string(b), errors.Join(err, f.Close())}
	}()
	if err := create(t, path, "through the fifo").Commit(); err != nil {
		t.Fatal(err)
	}
	if got := <-read; got.err != nil || got.text != "through the fifo" {
		t.Errorf("the reader got %q, %v", got.text, got.err)
	}
	only(t, dir, "fifo")
}

// What the shell redirects a descriptor to must not be replaced under it, nor
// lose what was written there before.
func TestDescriptorIsWrittenDirectly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "redirected")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.WriteString("before "); err != nil {
		t.Fatal(err)
	}
	if err := create(t, fmt.Sprintf("/dev/fd/%d", f.Fd()), "after").Commit(); err != nil {
		t.Fatal(err)
	}
	if got := content(t, path); got != "before after" {
		t.Errorf("the file has %q", got)
	}
	only(t, dir, "redirected")
}
