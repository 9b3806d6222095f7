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
// when the handle is closed or fails.
type tap struct {
	ended chan struct{}

	mu       sync.Mutex
	segments []capture.Segment
	err      error         // why reading ended
	grown    chan struct{} // closed when something has been added
}

func newTap(h *live.Handle) *tap {
	t := &tap{ended: make(chan struct{}), grown: make(chan struct{})}
	go t.read(h)
	return t
}

func (t *tap) read(h *live.Handle) {
	defer close(t.ended)
	for {
		frame, at, err := h.Read()
		if err != nil {
			t.add(nil, err)
			return
		}
		if s, err := capture.Decode(at, frame); err == nil {
			t.add(&s, nil)
		}
	}
}

func (t *tap) add(s *capture.Segment, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if s != nil {
		t.segments = append(t.segments, *s)
	}
	t.err = err
	close(t.grown)
	t.grown = make(chan struct{})
}

// take returns what has been gathered since the last take, in order of time.
func (t *tap) take() []capture.Segment {
	t.mu.Lock()
	defer t.mu.Unlock()
	got := slices.Clone(t.segments) // who awaits may still be reading the others
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
	got := slices.Clone(t.segments)
	t.mu.Unlock()
	inOrder(got)
	return got
}

// await blocks until a gathered segment fits, the capture has failed, or ctx
// ends, whose cause it then returns.
func (t *tap) await(ctx context.Context, fits func(*capture.Segment) bool) error {
	for seen := 0; ; {
		t.mu.Lock()
		segments, err, grown := t.segments, t.err, t.grown
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
