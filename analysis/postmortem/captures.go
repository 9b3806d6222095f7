package postmortem

import (
	"context"
	"errors"
	"io"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// ErrCalls says that a file holds calls: it is a recording, not to be surveyed
// but explained.
var ErrCalls = errors.New("there are calls in it")

// Options say how captures are read.
type Options struct {
	// MaxConnections is how many connections are followed at a time; see
	// [survey.New]. Both readings must have the same.
	MaxConnections int
	// Again says that a second reading will follow: of a pipe is then kept all
	// that comes, in a temporary file without a name.
	Again bool
}

// Captures are files that are read as one capture. They must not be used by
// two goroutines at a time.
type Captures struct{ inputs []*input }

// Open opens the files, "-" being standard input. They may be as large as they
// like: nothing of them is kept in memory. The caller must Close what it gets.
func Open(paths []string, stdin io.Reader) (*Captures, error) {
	c := new(Captures)
	for _, path := range paths {
		in, err := openInput(path, stdin)
		if err != nil {
			c.Close()
			return nil, err
		}
		c.inputs = append(c.inputs, in)
	}
	return c, nil
}

// Close closes the files, but not standard input.
func (c *Captures) Close() error {
	var errs []error
	for _, in := range c.inputs {
		errs = append(errs, in.close())
	}
	return errors.Join(errs...)
}

// Survey reads the captures to their end, and returns a survey of what they
// hold, with an error too. The error names the files that are broken and where
// (*[file.FormatError]), or could not be read; what came before those places is
// in the survey, as is the rest of the files. It is [ErrCalls] as soon as there
// is a call in one of them, or that of ctx once it has ended.
//
// Packets of several files come in the order of their stamps, those of one file
// in its own, and frames are numbered as in the one file that mergecap would
// make: for one file as Wireshark does.
func (c *Captures) Survey(ctx context.Context, o Options) (*survey.Tracker, error) {
	t := survey.New(o.MaxConnections, nil)
	m := c.merged(o)
	var b capture.Brief
	for {
		p, err := m.next(ctx)
		if err == io.EOF {
			return t, m.broken()
		}
		if err != nil {
			return t, err
		}
		if capture.Look(&b, p.Link, p.Data, p.Wire) == nil {
			t.Add(p.Nanos, m.frame, &b)
		}
	}
}

// Collect reads the captures once more, and hands over the frames of the
// streams that are chosen, ICMP errors about them included, in the order and
// with the numbers that Survey gave them. p is valid during the call only. An
// error of take ends the reading and is returned as it is; the other errors are
// those of Survey.
func (c *Captures) Collect(ctx context.Context, o Options, chosen func(stream uint32) bool,
	take func(stream, frame uint32, p *file.Packet) error) error {
	t := survey.New(o.MaxConnections, nil)
	m := c.merged(o)
	var b capture.Brief
	for {
		p, err := m.next(ctx)
		if err == io.EOF {
			return m.broken()
		}
		if err != nil {
			return err
		}
		if capture.Look(&b, p.Link, p.Data, p.Wire) != nil {
			continue
		}
		stream := t.Add(p.Nanos, m.frame, &b)
		if stream == survey.NoStream || !chosen(stream) {
			continue
		}
		if err := take(stream, m.frame, p); err != nil {
			return err
		}
	}
}

// Head returns the first n octets of the first file, fewer if it has no more.
func (c *Captures) Head(n int) ([]byte, error) { return c.inputs[0].head(n) }

// Whole returns a reader of the first file from its begin, and how errors call
// the file.
func (c *Captures) Whole() (name string, r io.Reader, err error) {
	in := c.inputs[0]
	r, err = in.begin()
	return in.name, r, err
}
