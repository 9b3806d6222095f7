package live

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// patience is how long a test waits for what must happen.
const patience = time.Minute

// open opens a capture that the test closes, or skips the test where this
// process may not capture.
func open(t *testing.T, o Options) *Handle {
	t.Helper()
	h, err := Open(o)
	if errors.Is(err, ErrPermission) {
		t.Skipf("needs the right to capture (CAP_NET_RAW, or a readable BPF device): %v", err)
	}
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return h
}

// captured are the segments of a handle, as they come.
type captured struct {
	segments chan capture.Segment // closed when reading ended
	err      error                // why; read it after that
}

// follow reads h until it ends.
func follow(h *Handle) *captured {
	c := &captured{segments: make(chan capture.Segment, 1<<17)}
	go func() {
		defer close(c.segments)
		for {
			frame, stamp, err := h.Read()
			if err != nil {
				c.err = err
				return
			}
			s, err := capture.Decode(stamp, frame)
			if err != nil {
				c.err = err
				return
			}
			c.segments <- s
		}
	}()
	return c
}

// followBatches is follow for who reads batches.
func followBatches(h *Handle) *captured {
	c := &captured{segments: make(chan capture.Segment, 1<<17)}
	go func() {
		defer close(c.segments)
		for b := new(Batch); ; b.Reset() {
			if c.err = h.ReadBatch(b); c.err != nil {
				return
			}
			for stamp, frame := range b.All() {
				s, err := capture.Decode(stamp, frame)
				if err != nil {
					c.err = err
					return
				}
				s.Frame.Data = bytes.Clone(s.Frame.Data)
				c.segments <- s
			}
		}
	}()
	return c
}

// followAs is one or the other.
func followAs(h *Handle, batched bool) *captured {
	if batched {
		return followBatches(h)
	}
	return follow(h)
}

// until returns the segments up to the one for which done is true.
func (c *captured) until(t *testing.T, done func(capture.Segment) bool) []capture.Segment {
	t.Helper()
	var got []capture.Segment
	timeout := time.After(patience)
	for {
		select {
		case s, ok := <-c.segments:
			if !ok {
				t.Fatalf("reading ended after %d segments: %v", len(got), c.err)
			}
			got = append(got, s)
			if done(s) {
				return got
			}
		case <-timeout:
			t.Fatalf("not done after %d segments and %v: %+v", len(got), patience, got[max(0, len(got)-5):])
		}
	}
}

// end waits until reading has ended and returns why.
func (c *captured) end(t *testing.T) error {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case _, ok := <-c.segments:
			if !ok {
				return c.err
			}
		case <-timeout:
			t.Fatalf("reading has not ended after %v", patience)
		}
	}
}

// listen opens a listener on a free port of host, or skips the test where the
// address does not exist.
func listen(t *testing.T, host string) (net.Listener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		t.Skipf("needs the address %s: %v", host, err)
	}
	t.Cleanup(func() { l.Close() })
	return l, netip.MustParseAddrPort(l.Addr().String())
}

// echo has text echoed over a connection of its own.
func echo(t *testing.T, l net.Listener, text string) {
	t.Helper()
	if err := exchange(l, text); err != nil {
		t.Fatal(err)
	}
}

// exchange lets a client write text, a server send it back, and both close; it
// returns when both have seen the other's end.
func exchange(l net.Listener, text string) error {
	served := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			served <- err
			return
		}
		_, err = io.Copy(c, c)
		served <- errors.Join(err, c.Close())
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = io.WriteString(c, text)
	if err := errors.Join(err, c.(*net.TCPConn).CloseWrite()); err != nil {
		return err
	}
	got, err := io.ReadAll(c)
	if err != nil || string(got) != text {
		return fmt.Errorf("echo of %d octets: %d octets, %w", len(text), len(got), err)
	}
	return <-served
}
