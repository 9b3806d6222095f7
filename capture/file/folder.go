package file

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// ErrNotEmpty is in the error of [CreateFolder] for a folder in which there is
// something.
var ErrNotEmpty = errors.New("the folder is not empty")

// Folder is a folder that appears under its name when it is whole, and not
// before: files are written into a temporary one beside it.
type Folder struct {
	temp string
	path string // what temp will be renamed to
	done bool
}

// CreateFolder makes ready to write a folder called path, which must not be there
// yet, or be empty (else ErrNotEmpty). Until Commit nothing is there. A symbolic
// link to an empty folder is followed. An error about the place comes at once,
// such as that nothing can be made there.
func CreateFolder(path string) (*Folder, error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	path = filepath.Clean(path)
	if err := vacant(path); err != nil {
		return nil, fmt.Errorf("file: create %s: %w", path, err)
	}
	const attempts = 100
	f := &Folder{path: path}
	var err error
	for range attempts {
		f.temp = filepath.Join(filepath.Dir(path), fmt.Sprintf(".rstwatch-%016x.tmp", rand.Uint64()))
		if err = os.Mkdir(f.temp, 0o777); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		err = pe.Err // the temporary name would only puzzle
	}
	if err != nil {
		return nil, fmt.Errorf("file: create %s: %w", path, err)
	}
	return f, nil
}

// vacant returns nil where a folder can be put: there is nothing, or an empty
// folder.
func vacant(path string) error {
	d, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return bare(err)
	}
	defer d.Close()
	info, err := d.Stat()
	switch {
	case err != nil:
		return bare(err)
	case !info.IsDir():
		return syscall.ENOTDIR
	}
	switch _, err := d.Readdirnames(1); err {
	case nil:
		return ErrNotEmpty
	case io.EOF:
		return nil
	default:
		return bare(err)
	}
}

// bare is err without the name that the caller puts in front of it.
func bare(err error) error {
	if pe := (*fs.PathError)(nil); errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// WriteFile writes a file of the folder, with mode 0666 before umask. Name is
// relative, with slashes; the folders in it are made. It blocks until the disk has
// the data.
func (f *Folder) WriteFile(name string, data []byte) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("file: %q is no name within a folder", name)
	}
	path := filepath.Join(f.temp, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("file: write %s in %s: %w", name, f.path, bare(err))
	}
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return fmt.Errorf("file: write %s in %s: %w", name, f.path, bare(err))
	}
	_, err = w.Write(data)
	if err == nil {
		err = w.Sync()
	}
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("file: write %s in %s: %w", name, f.path, err)
	}
	return nil
}

// Commit gives the folder its name. If it fails, nothing is left of it; what
// somebody else has put there meanwhile stays.
func (f *Folder) Commit() error {
	if f.done {
		return fmt.Errorf("file: commit %s: %w", f.path, fs.ErrClosed)
	}
	err := syscall.Rmdir(f.path) // an empty folder, or nothing: never a file, nor a folder with something in it
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(f.temp, f.path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("file: commit: %w", err), f.Abort())
	}
	f.done = true
	syncDir(filepath.Dir(f.path))
	return nil
}

// Abort gives the folder up and removes what was written. It does nothing after
// Commit, or a second time.
func (f *Folder) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	if err := os.RemoveAll(f.temp); err != nil {
		return fmt.Errorf("file: abort: %w", err)
	}
	return nil
}
