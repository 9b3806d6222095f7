package live

import (
	"io"
	"sync"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// TestCloseWakesRead closes handles of a quiet port.
func TestCloseWakesRead(t *testing.T) {
	l, server := listen(t, "127.0.0.1")
	var worst time.Duration
	for i := range 10 {
		h := open(t, Options{Ports: []uint16{server.Port()}, Batched: i%2 == 1})
		c := followAs(h, i%2 == 1)
		echo(t, l, "x")
		c.until(t, lastACK()) // the reader goes on to wait for more
		start := time.Now()
		if err := h.Close(); err != nil {
			t.Fatalf("Close: %v", err)
		}
		if err := c.end(t); err != io.EOF {
			t.Fatalf("Read after Close: %v, want io.EOF", err)
		}
		worst = max(worst, time.Since(start))
		if err := h.Close(); err != nil {
			t.Errorf("second Close: %v", err)
		}
		if _, _, err := h.Read(); err != io.EOF {
			t.Errorf("Read of a closed handle: %v, want io.EOF", err)
		}
		if s, err := h.Stats(); err != nil || s.Delivered < 7 {
			t.Errorf("Stats of a closed handle: %+v, %v", s, err)
		}
	}
	t.Logf("the slowest of 10 closes took %v", worst)
	if worst > 5*time.Second {
		t.Errorf("Close and the end of Read took %v", worst)
	}
}

// TestCloseUnderTraffic: a handle may be closed and asked for counts from any
// goroutine while segments pour in.
func TestCloseUnderTraffic(t *testing.T) {
	for name, batched := range map[string]bool{"one by one": false, "in batches": true} {
		t.Run(name, func(t *testing.T) { closeUnderTraffic(t, batched) })
	}
}

func closeUnderTraffic(t *testing.T, batched bool) {
	l, server := listen(t, "127.0.0.1")
	h := open(t, Options{Ports: []uint16{server.Port()}, Batched: batched})
	c := followAs(h, batched)
	echo(t, l, "x")
	c.until(t, lastACK())

	var callers sync.WaitGroup
	stop := make(chan struct{})
	defer callers.Wait()
	defer close(stop)
	callers.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := exchange(l, "more"); err != nil {
					t.Error(err)
					return
				}
			}
		}
	})
	c.until(t, func(s capture.Segment) bool { return s.Len == len("more") })
	for range 3 {
		callers.Go(func() {
			if _, err := h.Stats(); err != nil {
				t.Errorf("Stats: %v", err)
			}
			if err := h.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		})
	}
	if err := c.end(t); err != io.EOF {
		t.Errorf("Read: %v, want io.EOF", err)
	}
}
