package postmortem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
)

// input is one of the files.
type input struct {
	name  string   // how errors call it
	file  *os.File // one in which one can go back; else there is a tape
	start int64    // where in file it begins
	size  int64    // how much there is from there on, when it was opened
	tape  *tape
	shut  func() error // closes what was opened

	read atomic.Int64 // octets of the reading under way
}

// openInput opens a file, or standard input for "-".
func openInput(ctx context.Context, path string, stdin io.Reader) (*input, error) {
	in := &input{name: "standard input", shut: func() error { return nil }}
	f, isFile := stdin.(*os.File)
	if path != "-" {
		var err error
		if f, err = openFile(ctx, path); err != nil {
			return nil, err
		}
		in.name, in.shut, isFile = path, f.Close, true
	}
	if !isFile {
		in.tape = newTape(stdin)
		return in, nil
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a directory", in.name)
	}
	if err != nil {
		return nil, errors.Join(err, in.close())
	}
	if start, err := f.Seek(0, io.SeekCurrent); err == nil && info.Mode().IsRegular() {
		in.file, in.start, in.size = f, start, info.Size()-start
	} else {
		in.tape = newTape(f)
	}
	return in, nil
}

// openFile opens a file. A named pipe opens once somebody writes into it: the
// wait for that ends a moment after ctx, as the reading does, and goes on
// unheeded.
func openFile(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	late, cancel := later(ctx)
	defer cancel()
	select {
	case o := <-done:
		return o.f, o.err
	case <-late.Done():
		return nil, fmt.Errorf("open %s: %w", path, late.Err())
	}
}

func (in *input) close() error {
	if in.tape != nil {
		return errors.Join(in.tape.close(), in.shut())
	}
	return in.shut()
}

// begin returns a reader of the input from its begin. Waiting for a pipe ends
// with ctx.
func (in *input) begin(ctx context.Context) (io.Reader, error) {
	in.read.Store(0)
	if in.tape != nil {
		return &counted{r: &playback{ctx: ctx, t: in.tape}, in: in}, nil
	}
	_, err := in.file.Seek(in.start, io.SeekStart)
	return &counted{r: in.file, in: in}, err
}

// head returns the first n octets, fewer if there are no more.
func (in *input) head(ctx context.Context, n int) ([]byte, error) {
	r, err := in.begin(ctx)
	if err != nil {
		return nil, err
	}
	b := make([]byte, n)
	n, err = io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		err = nil
	}
	return b[:n], err
}

// counted counts what is read of an input, for whoever asks meanwhile, and
// tells a file that ends from one that has lost its end.
type counted struct {
	r  io.Reader
	in *input
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	at := c.in.read.Add(int64(n))
	if err == io.EOF && at < c.in.size {
		err = fmt.Errorf("the file has shrunk while it was read, from %d octets to %d", c.in.size, at)
	}
	return n, err
}
