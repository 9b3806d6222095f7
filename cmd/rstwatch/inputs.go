package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/capture/file"
)

// input is one of the files to analyze.
type input struct {
	path string
	io.Reader
	shut  func() error
	first time.Time // the stamp of its first packet, where several are put in order
}

// openInputs opens all files, in the order of their first packets.
func openInputs(paths []string, stdin io.Reader) (all []*input, err error) {
	for _, path := range paths {
		r, shut, err := openInput(path, stdin)
		if err == nil && path == "-" && len(paths) > 1 {
			err = errors.New("standard input can not be one of several files")
		}
		if err != nil {
			closeInputs(all)
			return nil, err
		}
		all = append(all, &input{path: path, Reader: r, shut: shut})
	}
	if len(all) == 1 {
		return all, nil
	}
	for _, in := range all {
		if in.first, err = firstStamp(in.Reader); err == nil {
			err = in.rewind()
		}
		if err != nil {
			closeInputs(all)
			return nil, placed(in.path, err)
		}
	}
	slices.SortStableFunc(all, func(a, b *input) int { return a.first.Compare(b.first) })
	return all, nil
}

func closeInputs(all []*input) {
	for _, in := range all {
		in.shut()
	}
}

// rewind goes back to the begin of a file.
func (in *input) rewind() error {
	f, ok := in.Reader.(*os.File)
	if !ok || in.path == "-" {
		return errors.New("it can be read but once")
	}
	_, err := f.Seek(0, io.SeekStart)
	return err
}

// firstStamp returns when a capture's first packet was captured; zero if it has
// none. What is broken is left for the reading proper.
func firstStamp(r io.Reader) (time.Time, error) {
	in, err := file.NewReader(r)
	for err == nil {
		var rec file.Record
		if rec, err = in.Next(); err == nil && rec.Frame != nil {
			return rec.Time, nil
		}
	}
	if err == io.EOF || errors.As(err, new(*file.FormatError)) {
		return time.Time{}, nil
	}
	return time.Time{}, err
}

// hasCalls reports whether a recording begins with these octets, compressed or
// not: whether there is a call among the records that are whole.
func hasCalls(head []byte) (found bool) {
	in, err := file.NewScanner(bytes.NewReader(head))
	if err != nil {
		return false
	}
	in.Entry = func(entry []file.Field) { found = found || isCall(entry) }
	for p := (file.Packet{}); !found; {
		if in.Next(&p) != nil {
			break
		}
	}
	return found
}
