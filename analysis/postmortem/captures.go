package postmortem

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// ErrCalls says that a file holds calls: it is a recording, not to be surveyed
// but explained.
var ErrCalls = errors.New("there are calls in it")

// ErrStdinTwice says that "-" was given more than once.
var ErrStdinTwice = errors.New("standard input can not be two of the files")

// Options say how captures are read.
type Options struct {
	// MaxConnections is how many connections are followed at a time; see
	// [survey.New]. Both readings must have the same.
	MaxConnections int
	// Again says that a second reading will follow: of a pipe is then kept all
	// that comes, in a temporary file without a name.
	Again bool
	// Model has the rules by which the survey says what calls return; nil is Linux.
	Model *analysis.Model
	// Filter, if it is not nil, makes the survey one of the connections of
	// which a packet matches; see [survey.Tracker.Only].
	Filter *file.Filter
}

// grace is for how long after the end of its context a pipe is read on. The
// key that interrupts this program interrupts who writes into the pipe too, and
// he may have some packets left to write.
const grace = time.Second

// Captures are files that are read as one capture. But for Progress they must
// not be used by two goroutines at a time.
type Captures struct {
	inputs []*input
	cut    bool   // the survey was interrupted,
	last   uint32 // after this frame
	cancel []func()

	reading *merged // the second one, while it goes on
}

// Open opens the files, "-" being standard input. They may be as large as they
// like: nothing of them is kept in memory. A named pipe has to be waited for,
// until ctx ends. The caller must Close what it gets.
func Open(ctx context.Context, paths []string, stdin io.Reader) (*Captures, error) {
	c := new(Captures)
	for i, path := range paths {
		if path == "-" && slices.Contains(paths[:i], path) {
			c.Close()
			return nil, ErrStdinTwice
		}
		in, err := openInput(ctx, path, stdin)
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
	for _, cancel := range slices.Backward(c.cancel) {
		cancel()
	}
	for _, in := range c.inputs {
		errs = append(errs, in.close())
	}
	return errors.Join(errs...)
}

// ending returns a context that ends with ctx, and with a pipe among the files
// a moment after it.
func (c *Captures) ending(ctx context.Context) context.Context {
	if !slices.ContainsFunc(c.inputs, func(in *input) bool { return in.tape != nil }) {
		return ctx
	}
	late, cancel := later(ctx)
	c.cancel = append(c.cancel, cancel)
	return late
}

// later returns a context that ends some grace after ctx, or with cancel.
func later(ctx context.Context) (late context.Context, cancel func()) {
	late, end := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, end) })
	return late, func() { stop(); end() }
}

// Progress returns how many octets of the reading under way were read, and of
// how many, 0 if a pipe is among the files. It may be called at any time.
func (c *Captures) Progress() (read, of int64) {
	for _, in := range c.inputs {
		read += in.read.Load()
		of += in.size
	}
	if slices.ContainsFunc(c.inputs, func(in *input) bool { return in.tape != nil }) {
		of = 0
	}
	return read, of
}

// Survey reads the captures to their end, and returns a survey of what they
// hold, with an error too. The error names the files that are broken and where
// (*[file.FormatError]), or could not be read; what came before those places is
// in the survey, as is the rest of the files. It is [ErrCalls] as soon as there
// is a call in one of them, or that of ctx once it has ended, and a second more
// has passed without the end of a pipe; and a *[file.FilterError] where the filter
// means nothing for a packet.
//
// Packets of several files come in the order of their stamps, those of one file
// in its own, and frames are numbered as in the one file that mergecap would
// make: for one file as Wireshark does.
func (c *Captures) Survey(ctx context.Context, o Options) (*survey.Tracker, error) {
	t := survey.New(o.MaxConnections, nil)
	m := c.merged(ctx, o)
	if o.Model != nil {
		t.Follow(o.Model)
	}
	return t, c.ended(m, m.survey(t, o.Filter))
}

// survey is follow or, where there is a filter, sift.
func (m *merged) survey(t *survey.Tracker, filter *file.Filter) error {
	defer collectAt(whileReading)()
	if filter != nil {
		return m.sift(t, filter)
	}
	return m.follow(t)
}

// ended is what a survey returns, of which err was the end.
func (c *Captures) ended(m *merged, err error) error {
	c.lean()
	if err == io.EOF {
		return m.broken()
	}
	c.cut, c.last = true, m.frame
	return errors.Join(err, m.broken())
}

// Collect reads the captures once more, and hands over the frames of the
// streams that are chosen, ICMP errors about them included, in the order and
// with the numbers that Survey gave them, and to where that was interrupted. p
// is valid during the call only. An error of take ends the reading and is
// returned as it is; the other errors are those of Survey.
func (c *Captures) Collect(ctx context.Context, o Options, chosen func(stream uint32) bool,
	take func(stream, frame uint32, p *file.Packet) error) error {
	t := survey.New(o.MaxConnections, nil)
	m := c.merged(ctx, o)
	c.reading = m
	defer func() { c.reading = nil }()
	var b capture.Brief
	for !c.cut || m.frame < c.last {
		p, err := m.next()
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
	return nil
}

// Interface returns what a file says of the interface of the packet that Collect
// is handing over. It must be called by take, and is valid until that returns.
func (c *Captures) Interface() *file.InterfaceStats {
	s := c.reading.heap[0]
	return s.scan.Interface(&s.p)
}

// Head returns the first n octets of the first file, fewer if it has no more.
func (c *Captures) Head(ctx context.Context, n int) ([]byte, error) {
	return c.inputs[0].head(c.ending(ctx), n)
}

// Whole returns a reader of the first file from its begin, and how errors call
// the file.
func (c *Captures) Whole(ctx context.Context) (name string, r io.Reader, err error) {
	in := c.inputs[0]
	r, err = in.begin(c.ending(ctx))
	return in.name, r, err
}
