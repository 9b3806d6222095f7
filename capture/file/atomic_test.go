package file

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// only reports which names a directory has, other than want.
func only(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if len(got) != len(want) {
		t.Fatalf("%s has %q, want %q", dir, got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s has %q, want %q", dir, got, want)
		}
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func put(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := errors.Join(os.WriteFile(path, []byte(text), mode), os.Chmod(path, mode)); err != nil {
		t.Fatal(err)
	}
}

func create(t *testing.T, path, text string) *Atomic {
	t.Helper()
	a, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Abort() })
	if _, err := a.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCommitMakesTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.pcapng")
	a := create(t, path, "new")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before Commit: %v", err)
	}
	if err := a.Commit(); err != nil {
		t.Fatal(err)
	}
	only(t, dir, "run.pcapng")
	if got := content(t, path); got != "new" {
		t.Errorf("the file has %q", got)
	}
	if err := a.Abort(); err != nil {
		t.Errorf("Abort after Commit: %v", err)
	}
	if err := a.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("a second Commit: %v", err)
	}
	only(t, dir, "run.pcapng")

	// The mode is what a plain create gives under the same umask.
	plain := filepath.Join(dir, "plain")
	f, err := os.Create(plain)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got, want := mode(t, path), mode(t, plain); got != want {
		t.Errorf("mode %v, want %v", got, want)
	}
}

func mode(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

func TestAbortLeavesTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.pcapng")
	put(t, path, "old", 0o644)
	a := create(t, path, "half of the n")
	for range 2 {
		if err := a.Abort(); err != nil {
			t.Error(err)
		}
	}
	only(t, dir, "run.pcapng")
	if got := content(t, path); got != "old" {
		t.Errorf("the file has %q", got)
	}
	if _, err := a.Write([]byte("x")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Write after Abort: %v", err)
	}
	if err := a.Commit(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Commit after Abort: %v", err)
	}
}

func TestReplacedFileKeepsItsMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.pcapng")
	for _, want := range []fs.FileMode{0o600, 0o666, 0o640} {
		put(t, path, "old", want)
		if err := create(t, path, "new").Commit(); err != nil {
			t.Fatal(err)
		}
		if got := mode(t, path); got != want || content(t, path) != "new" {
			t.Errorf("mode %v, want %v", got, want)
		}
	}
}

func TestOwner(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("giving files away needs root")
	}
	const nobody = 65534
	check := func(path string) {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if uid, gid, ok := owner(info); !ok || uid != nobody || gid != nobody {
			t.Errorf("%s belongs to %d:%d", path, uid, gid)
		}
	}
	old := filepath.Join(t.TempDir(), "old")
	put(t, old, "old", 0o644)
	if err := os.Chown(old, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	if err := create(t, old, "new").Commit(); err != nil {
		t.Fatal(err)
	}
	check(old)
}

func TestLinkIsFollowed(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	target := filepath.Join(elsewhere, "target")
	put(t, target, "old", 0o644)
	link := filepath.Join(dir, "link")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	if err := create(t, link, "new").Commit(); err != nil {
		t.Fatal(err)
	}
	only(t, dir, "link")
	only(t, elsewhere, "target")
	if to, err := os.Readlink(link); err != nil || to != target || content(t, target) != "new" {
		t.Errorf("the link leads to %q (%v), which has %q", to, err, content(t, target))
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "file"), "", 0o644)
	for name, path := range map[string]string{
		"a directory":               dir,
		"no name":                   "",
		"a directory that is not":   filepath.Join(dir, "none", "x"),
		"a name that ends in slash": filepath.Join(dir, "none") + "/",
		"below a file":              filepath.Join(dir, "file", "x"),
	} {
		a, err := Create(path)
		if err == nil {
			t.Errorf("%s: accepted", name)
			_ = a.Abort()
		}
		if a != nil {
			t.Errorf("%s: an Atomic with error %v", name, err)
		}
	}
	only(t, dir, "file")
}

func TestCreateWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write anywhere")
	}
	dir := t.TempDir()
	readOnly := filepath.Join(dir, "file")
	put(t, readOnly, "old", 0o444)
	if _, err := Create(readOnly); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a read-only file: %v", err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	if _, err := Create(filepath.Join(dir, "new")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("a read-only directory: %v", err)
	}
	only(t, dir, "file")
}

// A directory may come to stand where the file should go.
func TestFailedCommitRemovesTheTemporaryFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.pcapng")
	a := create(t, path, "new")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := a.Commit(); err == nil {
		t.Error("a file took the place of a directory")
	}
	only(t, dir, "run.pcapng")
}

func TestDeviceIsWrittenDirectly(t *testing.T) {
	a := create(t, os.DevNull, "into the void")
	if err := a.Commit(); err != nil {
		t.Error(err)
	}
	if m := mode(t, os.DevNull); m&fs.ModeCharDevice == 0 {
		t.Errorf("%s is now %v", os.DevNull, m)
	}
	if err := create(t, os.DevNull, "").Abort(); err != nil {
		t.Error(err)
	}
}
