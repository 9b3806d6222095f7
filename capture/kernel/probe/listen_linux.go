//go:build amd64 || arm64

package probe

import (
	"errors"
	"fmt"
	"time"

	"github.com/cilium/ebpf/ringbuf"
)

// pieceSize is how much memory is asked for at a time for records: one list that grew
// would be copied again and again while the program that is watched wants the processor.
const pieceSize = 4096 * recordSize

// listen empties the ring, again and again, until the reader is closed. In between it
// rests: to be in time for each record would take a processor for itself.
func (p *Probe) listen() {
	defer close(p.ended)
	var (
		rec   ringbuf.Record
		piece = make([]byte, 0, pieceSize)
		rest  = pause(p.reader.BufferSize())
	)
	for {
		rec.RawSample = piece[len(piece):] // it is read to where it stays
		err := p.reader.ReadInto(&rec)
		switch {
		case errors.Is(err, ringbuf.ErrFlushed):
			p.keep(piece, nil)
			piece = make([]byte, 0, pieceSize)
			p.flushed <- struct{}{}
			continue
		case err == nil && len(rec.RawSample) < recordSize:
			err = fmt.Errorf("%w: %d octets of %d", errShort, len(rec.RawSample), recordSize)
			fallthrough
		case err != nil:
			p.keep(piece, err)
			return
		}
		if piece = piece[:len(piece)+recordSize]; len(piece) == cap(piece) {
			p.keep(piece, nil)
			piece = make([]byte, 0, pieceSize)
		}
		if rec.Remaining == 0 {
			p.rest(rest)
		}
	}
}

// pause is how long the reader of a ring rests at a time, whose octets are so many: it is
// a few per cent of what the fastest load takes to fill the ring.
func pause(size int) time.Duration { return time.Duration(size>>20) * time.Millisecond }

// rest waits for so long, and again for as long as records come and the ring is less than
// half full: a load may be over by then, and the processor is free. It ends
// when somebody is in a hurry.
func (p *Probe) rest(d time.Duration) {
	timer := time.NewTicker(d)
	defer timer.Stop()
	for had, growing := 0, true; growing; {
		select {
		case <-timer.C:
		case <-p.hurry:
			return
		}
		had, growing = p.growing(had)
	}
}

// growing reports whether more than had octets wait in the ring, and not yet half of it.
func (p *Probe) growing(had int) (n int, more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ending { // and the reader may be closed
		return 0, false
	}
	n = p.reader.AvailableBytes()
	return n, n > had && n < p.reader.BufferSize()/2
}

// hasten ends a rest.
func (p *Probe) hasten() {
	select {
	case p.hurry <- struct{}{}:
	default: // it is to end already
	}
}

// keep keeps records for the next Take, and why there will be no more, if err is not nil.
func (p *Probe) keep(records []byte, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(records) > 0 {
		p.heard = append(p.heard, records)
	}
	if err != nil {
		p.failed = err
	}
}
