package postmortem

import (
	"context"
	"io"
)

// pumpStep is how much is read of a pipe at a time: what a pipe holds (pipe(7)).
const pumpStep = 64 << 10

// pump reads in a goroutine of its own, so that whoever waits for a pipe can
// stop waiting. The goroutine ends with the pipe, or when the pump is stopped
// and the pipe, of which it may be waiting for more, gives or is closed.
type pump struct {
	chunks chan chunk
	quit   chan struct{}
	rest   chunk // what came last and was not asked for yet
}

type chunk struct {
	b   []byte
	err error
}

func startPump(r io.Reader) *pump {
	p := &pump{chunks: make(chan chunk), quit: make(chan struct{})}
	go p.run(r)
	return p
}

// run reads into one half of the memory while the other is being used: what was
// sent before is used up once the next chunk is taken.
func (p *pump) run(r io.Reader) {
	half := [2][]byte{make([]byte, pumpStep), make([]byte, pumpStep)}
	for i := 0; ; i = 1 - i {
		n, err := r.Read(half[i])
		select {
		case p.chunks <- chunk{half[i][:n], err}:
		case <-p.quit:
			return
		}
		if err != nil {
			return
		}
	}
}

// read is like Read of an [io.Reader], but ends with ctx.
func (p *pump) read(ctx context.Context, b []byte) (int, error) {
	if len(p.rest.b) == 0 && p.rest.err == nil {
		if err := ctx.Err(); err != nil {
			return 0, err // even though there is always more
		}
		select {
		case p.rest = <-p.chunks:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	n := copy(b, p.rest.b)
	p.rest.b = p.rest.b[n:]
	if n > 0 {
		return n, nil
	}
	return 0, p.rest.err
}

func (p *pump) stop() { close(p.quit) }
