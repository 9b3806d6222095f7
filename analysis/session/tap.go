package session

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"slices"
	"sync"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
)

// tap gathers what a handle delivers. One goroutine owns the reading; it ends
// when the handle is closed or fails. What it has read is decoded once somebody asks:
// until then a program may be running that waits for the processor.
type tap struct {
	ended chan struct{}

	mu       sync.Mutex
	frames   []*live.Batch // that have not been decoded
	segments []capture.Segment
	err      error         // why reading ended
	grown    chan struct{} // closed when something has been added; nil if nobody waits for that
}

// So many octets of frames are kept in one piece: one that grew would be copied again and
// again. A story has few.
const firstPage, page = 4 << 10, 128 << 10

func newTap(h *live.Handle) *tap {
	t := &tap{ended: make(chan struct{})}
	go t.read(h)
	return t
}

func (t *tap) read(h *live.Handle) {
	defer close(t.ended)
	var b live.Batch
	for {
		b.Reset()
		err := h.ReadBatch(&b)
		t.add(&b, err)
		if err != nil {
			return
		}
	}
}

// add keeps frames, and the reason for which there are no more, if there is one.
func (t *tap) add(b *live.Batch, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.err = err
	switch last := len(t.frames) - 1; {
	case last < 0:
		t.frames = append(t.frames, live.NewBatch(firstPage))
	case !t.frames[last].Fits(b):
		t.frames = append(t.frames, live.NewBatch(max(page, b.Octets())))
	}
	t.frames[len(t.frames)-1].Append(b)
	if t.grown != nil {
		close(t.grown)
		t.grown = nil
	}
}

// decoded returns the segments that have been gathered. The caller holds mu, and may go on
// reading them without.
func (t *tap) decoded() []capture.Segment {
	n := 0
	for _, b := range t.frames {
		n += b.Frames()
	}
	t.segments = slices.Grow(t.segments, n)
	for _, b := range t.frames {
		for at, f := range b.All() {
			if s, err := capture.Decode(at, f); err == nil {
				t.segments = append(t.segments, s)
			}
		}
	}
	t.frames = nil
	return t.segments
}

// take returns what has been gathered since the last take, in order of time.
func (t *tap) take() []capture.Segment {
	t.mu.Lock()
	defer t.mu.Unlock()
	got := slices.Clone(t.decoded()) // who awaits may still be reading the others
	t.segments = nil
	inOrder(got)
	return got
}

func inOrder(segments []capture.Segment) {
	slices.SortStableFunc(segments, func(a, b capture.Segment) int { return a.Time.Compare(b.Time) })
}

// peek returns what the next take would.
func (t *tap) peek() []capture.Segment {
	t.mu.Lock()
	got := slices.Clone(t.decoded())
	t.mu.Unlock()
	inOrder(got)
	return got
}

// await blocks until a gathered segment fits, the capture has failed, or ctx
// ends, whose cause it then returns.
func (t *tap) await(ctx context.Context, fits func(*capture.Segment) bool) error {
	for seen := 0; ; {
		t.mu.Lock()
		if t.grown == nil {
			t.grown = make(chan struct{})
		}
		segments, err, grown := t.decoded(), t.err, t.grown
		t.mu.Unlock()
		for ; seen < len(segments); seen++ {
			if fits(&segments[seen]) {
				return nil
			}
		}
		if err != nil {
			return t.why()
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// why returns the reason for which reading has ended, nil if it has not.
func (t *tap) why() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if errors.Is(t.err, io.EOF) {
		return errors.New("the capture was closed")
	}
	return t.err
}

// during returns a context that ends with ctx, and also when the capture
// fails, which is then its cause. stop releases what that takes.
func (t *tap) during(ctx context.Context) (both context.Context, stop func()) {
	both, cancel := context.WithCancelCause(ctx)
	go func() {
		select {
		case <-t.ended:
			cancel(t.why())
		case <-both.Done():
		}
	}()
	return both, func() { cancel(nil) }
}

// own picks the segments of the connections that the calls speak of, and
// numbers them.
func own(segments []capture.Segment, events []scenario.Event) []capture.Segment {
	type pair struct{ a, b netip.AddrPort }
	mine := make(map[pair]bool)
	for _, ev := range events {
		if ev.Local.IsValid() && ev.Remote.IsValid() {
			mine[pair{ev.Local, ev.Remote}] = true
			mine[pair{ev.Remote, ev.Local}] = true
		}
	}
	var kept []capture.Segment
	for _, s := range segments {
		if mine[pair{s.Src, s.Dst}] {
			s.ID = len(kept) + 1
			kept = append(kept, s)
		}
	}
	return kept
}
