package file

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// Atomic is an output file that appears under its name when it is whole, and
// not before: what is written goes to a temporary file beside it.
type Atomic struct {
	f    *os.File
	temp string // empty if f is the file itself
	path string // what temp will be renamed to
	done bool
}

// Create opens path for writing. Until Commit, a file that is there stays as
// it is; afterwards it has the new content, and its old permissions and, where
// that is allowed, its old owner. A new file gets mode 0666 before umask. A
// symbolic link is followed; one that leads nowhere is replaced.
//
// What can not be replaced by renaming is written directly: a device, a fifo
// (where Create blocks until somebody reads), /dev/stdout and other names for
// an open descriptor. A directory, a file without write permission
// and a directory in which no file can be made are errors, at once.
func Create(path string) (*Atomic, error) {
	a := &Atomic{path: path}
	// Opening asks the system all that a plain write would: permission, kind,
	// and whether a link in a directory like /tmp may be followed. O_APPEND
	// keeps what the shell sent to the same descriptor before.
	old, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if errors.Is(err, fs.ErrNotExist) && path != "" {
		if err := a.openTemp(); err != nil {
			return nil, err
		}
		return a, nil
	}
	if err != nil {
		return nil, fmt.Errorf("file: create: %w", err)
	}
	info, err := old.Stat()
	if err == nil && (!info.Mode().IsRegular() || isDescriptor(path)) {
		a.f = old
		return a, nil
	}
	err = errors.Join(err, old.Close())
	if err == nil {
		a.path, err = filepath.EvalSymlinks(path)
	}
	if err != nil {
		return nil, fmt.Errorf("file: create %s: %w", path, err)
	}
	if err := a.openTemp(); err != nil {
		return nil, err
	}
	if err := a.resemble(info); err != nil {
		return nil, errors.Join(err, a.Abort())
	}
	return a, nil
}

// isDescriptor reports whether path is a name for an open descriptor, which
// keeps its file also where another takes over the file's name.
func isDescriptor(path string) bool {
	path = filepath.Clean(path)
	return path == "/dev/stdout" || path == "/dev/stderr" ||
		strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/")
}

// openTemp opens the temporary file.
func (a *Atomic) openTemp() error {
	const attempts = 100
	var err error
	for range attempts {
		a.temp = filepath.Join(filepath.Dir(a.path), fmt.Sprintf(".rstwatch-%016x.tmp", rand.Uint64()))
		a.f, err = os.OpenFile(a.temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err // the temporary name would only puzzle
	}
	if err != nil {
		return fmt.Errorf("file: create %s: %w", a.path, err)
	}
	return nil
}

// resemble gives the temporary file the owner and the permissions of the file
// that it will replace. The owner goes first, since a change of owner may take
// permissions away.
func (a *Atomic) resemble(info fs.FileInfo) error {
	if uid, gid, ok := owner(info); ok {
		if err := a.f.Chown(uid, gid); err != nil && !errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("file: keep the owner of %s: %w", a.path, err)
		}
	}
	if err := a.f.Chmod(info.Mode().Perm()); err != nil {
		return fmt.Errorf("file: keep the mode of %s: %w", a.path, err)
	}
	return nil
}

// Write writes p; see io.Writer.
func (a *Atomic) Write(p []byte) (int, error) { return a.f.Write(p) }

// Commit brings the file to the disk and gives it its name. If it fails, the
// old file is as it was and the temporary one is gone. It blocks until the
// disk has the data.
func (a *Atomic) Commit() error {
	if a.done {
		return fmt.Errorf("file: commit %s: %w", a.path, fs.ErrClosed)
	}
	if a.temp == "" {
		a.done = true
		if err := a.f.Close(); err != nil {
			return fmt.Errorf("file: commit: %w", err)
		}
		return nil
	}
	if err := a.f.Sync(); err != nil {
		return errors.Join(fmt.Errorf("file: commit %s: %w", a.path, err), a.Abort())
	}
	if err := a.f.Close(); err != nil {
		return errors.Join(fmt.Errorf("file: commit %s: %w", a.path, err), a.Abort())
	}
	if err := os.Rename(a.temp, a.path); err != nil {
		return errors.Join(fmt.Errorf("file: commit: %w", err), a.Abort())
	}
	a.done = true
	syncDir(filepath.Dir(a.path))
	return nil
}

// syncDir makes the new name last through a crash, where the system lets a
// directory be synced. The file is whole either way, so an error is no failure.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}

// Abort gives the file up and removes what was written, except to a device or
// a fifo. It does nothing after Commit, or a second time.
func (a *Atomic) Abort() error {
	if a.done {
		return nil
	}
	a.done = true
	if err := a.f.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return errors.Join(fmt.Errorf("file: abort: %w", err), a.remove())
	}
	return a.remove()
}

func (a *Atomic) remove() error {
	if a.temp == "" {
		return nil
	}
	if err := os.Remove(a.temp); err != nil {
		return fmt.Errorf("file: abort: %w", err)
	}
	return nil
}
