package file

import (
	"errors"
	"fmt"
	"io"
)

const (
	// firstStep is what is read of a file at first, so that a small one costs
	// little; steps double up to lastStep while the reader fills them.
	firstStep = 64 << 10
	lastStep  = 1 << 18
	// maxEmptyReads is how often a reader may return nothing, and no error.
	maxEmptyReads = 100
)

// source is a window on the octets of a file that slides on with what is
// skipped.
type source struct {
	r        io.Reader
	buf      []byte
	pos, end int   // what is read and not yet skipped is buf[pos:end]
	base     int64 // where in the file buf[0] is
	err      error // what r returned
}

// offset returns where in the file the next octet is.
func (s *source) offset() int64 { return s.base + int64(s.pos) }

// peek returns the next n octets, which stay valid until the next call of peek
// or Read. It returns io.EOF if none is left, io.ErrUnexpectedEOF if too few are, and
// otherwise the error of the reader. It waits for no more than n octets.
// Memory grows with what really arrives, not with what a length field
// promises.
func (s *source) peek(n int) ([]byte, error) {
	if s.end-s.pos >= n {
		return s.buf[s.pos : s.pos+n], nil
	}
	return s.fill(n)
}

// ahead returns what was read and not yet skipped, valid as what peek returns.
func (s *source) ahead() []byte { return s.buf[s.pos:s.end] }

// skip moves on by n octets that peek or ahead has returned.
func (s *source) skip(n int) { s.pos += n }

// fill is peek where the window has to move.
func (s *source) fill(n int) ([]byte, error) {
	for empty := 0; s.end-s.pos < n; {
		if s.err != nil {
			return nil, s.short()
		}
		s.makeRoom()
		var got int
		got, s.err = s.r.Read(s.buf[s.end:])
		s.end += got
		if got > 0 {
			empty = 0
		} else if empty++; empty == maxEmptyReads && s.err == nil {
			s.err = io.ErrNoProgress
		}
	}
	return s.buf[s.pos : s.pos+n], nil
}

// short returns the reader's error as peek does.
func (s *source) short() error {
	if errors.Is(s.err, io.EOF) && s.end > s.pos {
		return io.ErrUnexpectedEOF
	}
	return s.err
}

// makeRoom moves what is left to the front of the window, which grows if the
// reader has filled it and it is not of full size, or is full of one block.
func (s *source) makeRoom() {
	to := s.buf
	if s.end == len(s.buf) && (len(s.buf) < lastStep || s.pos == 0) {
		to = make([]byte, max(firstStep, 2*len(s.buf)))
	}
	n := copy(to, s.buf[s.pos:s.end])
	s.base += int64(s.pos)
	s.buf, s.pos, s.end = to, 0, n
}

// Read reads what was not skipped; see io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if _, err := s.peek(1); err != nil {
		return 0, err
	}
	n := copy(p, s.buf[s.pos:s.end])
	s.skip(n)
	return n, nil
}

// broken turns an error of peek inside a record that starts at offset into
// what the caller should see.
func broken(offset int64, what string, err error) error {
	if d := (*damage)(nil); errors.As(err, &d) {
		return d.format(offset)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &FormatError{Offset: offset, Msg: "the file ends inside " + what, Err: io.ErrUnexpectedEOF}
	}
	return fmt.Errorf("file: read %s at octet %d: %w", what, offset, err)
}
