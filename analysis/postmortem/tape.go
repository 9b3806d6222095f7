package postmortem

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

const (
	// tapeHead is how much of a pipe is kept in memory; what comes after that
	// goes into a file.
	tapeHead = 256 << 10
	// tapeTrial is how much of a pipe is kept that nobody has asked to keep:
	// there may be a call in it, and then all of it is to be read again.
	tapeTrial = 64 << 20
)

// tape keeps what was read of a pipe, so that it can be read once more.
type tape struct {
	r     io.Reader
	pump  *pump // reads r, once there is need to
	whole bool  // keep all of it, not tapeTrial alone
	taken int64 // octets read of r
	kept  int64 // how many of them are kept: all, unless lost says why not
	lost  error
	head  []byte
	file  *os.File // what comes after head; it has no name
}

func newTape(r io.Reader) *tape { return &tape{r: r} }

// playback reads what is kept, and then on from the pipe.
type playback struct {
	ctx context.Context // ends the waiting for the pipe
	t   *tape
	at  int64
}

func (p *playback) Read(b []byte) (n int, err error) {
	n, err = p.t.readAt(p.ctx, b, p.at)
	p.at += int64(n)
	return n, err
}

func (t *tape) readAt(ctx context.Context, b []byte, at int64) (int, error) {
	switch {
	case at < min(t.kept, int64(len(t.head))):
		return copy(b, t.head[at:]), nil
	case at < t.kept:
		return t.file.ReadAt(b[:min(int64(len(b)), t.kept-at)], at-int64(len(t.head)))
	case at < t.taken:
		return 0, fmt.Errorf("it is a pipe and can not be read again: %w", t.lost)
	}
	if t.pump == nil {
		t.pump = startPump(t.r)
	}
	n, err := t.pump.read(ctx, b)
	if err := t.keep(b[:n]); err != nil {
		return 0, fmt.Errorf("keep what came of a pipe: %w", err)
	}
	return n, err
}

// keep notes octets of the pipe. It fails only where all of them are asked for.
func (t *tape) keep(b []byte) error {
	t.taken += int64(len(b))
	if t.lost != nil {
		return nil
	}
	if t.lost = t.write(b); t.lost == nil {
		t.kept = t.taken
		return nil
	}
	if t.whole {
		return t.lost
	}
	t.kept = 0
	return t.erase()
}

func (t *tape) write(b []byte) (err error) {
	if !t.whole && t.taken > tapeTrial {
		return fmt.Errorf("it is longer than %d octets", tapeTrial)
	}
	n := min(len(b), tapeHead-len(t.head))
	t.head = append(t.head, b[:n]...)
	if n == len(b) {
		return nil
	}
	if t.file == nil {
		if t.file, err = nameless(); err != nil {
			return err
		}
	}
	_, err = t.file.Write(b[n:])
	return err
}

// nameless makes a temporary file that is gone when it is closed, whatever
// happens.
func nameless() (*os.File, error) {
	f, err := os.CreateTemp("", "rstwatch-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// erase forgets what is kept.
func (t *tape) erase() (err error) {
	if t.file != nil {
		err = t.file.Close()
	}
	t.file, t.head = nil, nil
	return err
}

func (t *tape) close() error {
	if t.pump != nil {
		t.pump.stop()
	}
	return t.erase()
}
