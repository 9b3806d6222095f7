package postmortem

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// input is one of the files.
type input struct {
	name  string   // how errors call it
	file  *os.File // one in which one can go back; else there is a tape
	start int64    // where in file it begins
	tape  *tape
	shut  func() error // closes what was opened
}

// openInput opens a file, or standard input for "-".
func openInput(path string, stdin io.Reader) (*input, error) {
	in := &input{name: "standard input", shut: func() error { return nil }}
	f, isFile := stdin.(*os.File)
	if path != "-" {
		var err error
		if f, err = os.Open(path); err != nil {
			return nil, err
		}
		in.name, in.shut, isFile = path, f.Close, true
	}
	if !isFile {
		in.tape = &tape{r: stdin}
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
		in.file, in.start = f, start
	} else {
		in.tape = &tape{r: f}
	}
	return in, nil
}

func (in *input) close() error {
	if in.tape != nil {
		return errors.Join(in.tape.close(), in.shut())
	}
	return in.shut()
}

// begin returns a reader of the input from its begin.
func (in *input) begin() (io.Reader, error) {
	if in.tape != nil {
		return in.tape.reader(), nil
	}
	_, err := in.file.Seek(in.start, io.SeekStart)
	return in.file, err
}

// head returns the first n octets, fewer if there are no more.
func (in *input) head(n int) ([]byte, error) {
	r, err := in.begin()
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
