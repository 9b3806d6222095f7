package file_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture/file"
)

// entriesOf lists a folder, with slashes behind folders.
func entriesOf(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if rel, _ := filepath.Rel(dir, path); err == nil && rel != "." {
			if d.IsDir() {
				rel += "/"
			}
			names = append(names, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestFolder(t *testing.T) {
	for name, prepare := range map[string]func(path string) error{
		"nothing is there": func(string) error { return nil },
		"an empty folder":  func(path string) error { return os.Mkdir(path, 0o755) },
		"a link to an empty one": func(path string) error {
			return errors.Join(os.Mkdir(path+"-real", 0o755), os.Symlink(path+"-real", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "sheets")
			if err := prepare(path); err != nil {
				t.Fatal(err)
			}
			f, err := file.CreateFolder(path)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"one/a.md", "one/b.md", "two/c.pcap"} {
				if err := f.WriteFile(name, []byte(name)); err != nil {
					t.Fatal(err)
				}
			}
			if list, err := os.ReadDir(path); err == nil && len(list) > 0 {
				t.Errorf("before Commit it has %v", list)
			}
			if err := f.Commit(); err != nil {
				t.Fatal(err)
			}
			if got, want := entriesOf(t, path+string(filepath.Separator)), []string{"one/", "one/a.md", "one/b.md", "two/", "two/c.pcap"}; !slices.Equal(got, want) {
				t.Errorf("it has %v", got)
			}
			if b, err := os.ReadFile(filepath.Join(path, "two", "c.pcap")); string(b) != "two/c.pcap" {
				t.Errorf("it reads %q, %v", b, err)
			}
			if err := errors.Join(f.Abort(), f.Abort()); err != nil {
				t.Errorf("Abort after Commit: %v", err)
			}
			if err := f.Commit(); !errors.Is(err, fs.ErrClosed) {
				t.Errorf("a second Commit: %v", err)
			}
			for _, name := range entriesOf(t, dir) {
				if strings.HasPrefix(name, ".rstwatch-") {
					t.Errorf("%s is left", name)
				}
			}
		})
	}
}

func TestFolderRefused(t *testing.T) {
	dir := t.TempDir()
	full, plain := filepath.Join(dir, "full"), filepath.Join(dir, "plain")
	if err := errors.Join(os.Mkdir(full, 0o755), os.WriteFile(filepath.Join(full, "mine"), nil, 0o644), os.WriteFile(plain, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	before := entriesOf(t, dir)
	for path, want := range map[string]string{
		full: "the folder is not empty", plain: "not a directory", filepath.Join(dir, "nosuch", "sheets"): "no such file or directory",
		filepath.Join(plain, "sheets"): "not a directory",
	} {
		f, err := file.CreateFolder(path)
		if err == nil {
			t.Errorf("%s: no error", path)
			f.Abort()
			continue
		}
		if !strings.HasSuffix(err.Error(), path+": "+want) {
			t.Errorf("%v: want %q", err, want)
		}
		if errors.Is(err, file.ErrNotEmpty) != (path == full) {
			t.Errorf("%v is ErrNotEmpty", err)
		}
	}
	if got := entriesOf(t, dir); !slices.Equal(got, before) {
		t.Errorf("it left %v", got)
	}
}

// TestFolderGivenUp: nothing is left of what was not committed, nor of what could
// not be; and what somebody put there meanwhile stays.
func TestFolderGivenUp(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sheets")
	f, err := file.CreateFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.WriteFile("a/b", nil); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../up", "/abs", "", "a/b"} {
		if err := f.WriteFile(name, nil); err == nil {
			t.Errorf("%q was written", name)
		}
	}
	if err := f.Abort(); err != nil {
		t.Error(err)
	}
	if got := entriesOf(t, dir); len(got) > 0 {
		t.Errorf("Abort left %v", got)
	}
	if f, err = file.CreateFolder(path); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.WriteFile("a", nil), os.Mkdir(path, 0o755), os.WriteFile(filepath.Join(path, "mine"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("it was put over somebody's folder")
	}
	if got, want := entriesOf(t, dir), []string{"sheets/", "sheets/mine"}; !slices.Equal(got, want) {
		t.Errorf("it left %v", got)
	}
}

// TestFolderOverFile: a file that somebody has put there meanwhile stays.
func TestFolderOverFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "sheets")
	f, err := file.CreateFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("it was put over somebody's file")
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "mine" {
		t.Errorf("of the file is left %q, %v", text, err)
	}
	if got := entriesOf(t, dir); len(got) != 1 {
		t.Errorf("it left %v", got)
	}
}
