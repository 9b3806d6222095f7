package file

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
)

// source hands out the octets of a file and knows how far it is.
type source struct {
	r      *bufio.Reader
	offset int64  // of the next octet
	buf    []byte // what read returned last
}

// read returns the next n octets, which are valid until the next call. It
// returns io.EOF if none is left, and io.ErrUnexpectedEOF if too few are.
// Memory grows with what really arrives, not with what a length field
// promises.
func (s *source) read(n int) ([]byte, error) {
	const step = 1 << 16
	s.buf = s.buf[:0]
	for len(s.buf) < n {
		have := len(s.buf)
		s.buf = slices.Grow(s.buf, min(step, n-have))[:have+min(step, n-have)]
		got, err := io.ReadFull(s.r, s.buf[have:])
		s.offset += int64(got)
		if errors.Is(err, io.EOF) && have > 0 {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return nil, err
		}
	}
	return s.buf, nil
}

// broken turns an error of read inside a record that starts at offset into
// what the caller should see.
func broken(offset int64, what string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &FormatError{Offset: offset, Msg: "the file ends inside " + what, Err: io.ErrUnexpectedEOF}
	}
	return fmt.Errorf("file: read %s at octet %d: %w", what, offset, err)
}
