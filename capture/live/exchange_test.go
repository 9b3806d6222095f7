package live

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// lastACK returns a predicate that is true of the segment with which both FINs
// of a connection are acknowledged.
func lastACK() func(capture.Segment) bool {
	fins := map[netip.AddrPort]capture.Seq{}
	acked := map[netip.AddrPort]bool{}
	return func(s capture.Segment) bool {
		if s.Flags.Has(capture.FIN) {
			fins[s.Src] = s.End()
		}
		if end, ok := fins[s.Dst]; ok && s.Ack == end {
			acked[s.Dst] = true
		}
		return len(acked) == 2
	}
}

// TestExchange: a connection's segments are captured once each, whole, in
// order, and those of a stranger are not.
func TestExchange(t *testing.T) {
	for _, o := range []struct {
		host    string
		batched bool
	}{{"127.0.0.1", false}, {"::1", false}, {"127.0.0.1", true}, {"::1", true}} {
		t.Run(fmt.Sprintf("%s, batched %v", o.host, o.batched), func(t *testing.T) {
			l, server := listen(t, o.host)
			stranger, _ := listen(t, o.host)
			before := time.Now()
			h := open(t, Options{Ports: []uint16{server.Port()}, Batched: o.batched})
			c := followAs(h, o.batched)
			echo(t, stranger, "not for us")
			echo(t, l, "hello")
			got := c.until(t, lastACK())
			after := time.Now()

			checkConversation(t, got, "hello")
			for _, s := range got {
				if s.Src != server && s.Dst != server {
					t.Errorf("a stranger's segment: %+v", s)
				}
				if s.Time.Before(before) || s.Time.After(after) {
					t.Errorf("stamp %v is not between %v and %v", s.Time, before, after)
				}
				if len(s.Frame.Data) != s.Frame.Wire {
					t.Errorf("%d of %d octets of a short frame", len(s.Frame.Data), s.Frame.Wire)
				}
			}
			stats, err := h.Stats()
			if err != nil || stats.Delivered != uint64(len(got)) || stats.Dropped != 0 {
				t.Errorf("Stats = %+v, %v after %d segments", stats, err, len(got))
			}
		})
	}
}

// checkConversation checks that segments begin with the handshake, carry text
// once in each direction, and that none came twice.
func checkConversation(t *testing.T, segments []capture.Segment, text string) {
	t.Helper()
	if len(segments) < 7 {
		t.Fatalf("%d segments: %+v", len(segments), segments)
	}
	for i, want := range []capture.Flags{capture.SYN, capture.SYN | capture.ACK, capture.ACK} {
		if segments[i].Flags != want {
			t.Errorf("segment %d has the flags %v, want %v", i+1, segments[i].Flags, want)
		}
	}
	client := segments[0].Src
	next := map[bool]capture.Seq{}
	var sent, returned []byte
	for i, s := range segments {
		for j, other := range segments[:i] {
			if bytes.Equal(s.Frame.Data, other.Frame.Data) {
				t.Errorf("segment %d is segment %d again", i+1, j+1)
			}
		}
		fromClient := s.Src == client
		expect, known := next[fromClient]
		switch {
		case known && s.Seq.Before(expect):
			continue // a retransmission, which is a frame of its own
		case known && s.Seq != expect:
			t.Errorf("segment %d: seq %d, want %d: lost or out of order", i+1, s.Seq, expect)
		}
		next[fromClient] = s.End()
		payload := s.Frame.Data[len(s.Frame.Data)-s.Len:]
		if fromClient {
			sent = append(sent, payload...)
		} else {
			returned = append(returned, payload...)
		}
	}
	if string(sent) != text || string(returned) != text {
		t.Errorf("client sent %q, server %q, want %q", sent, returned, text)
	}
}

// TestSnapLen: long frames are cut, and say how long they were; a snap length
// longer than any frame keeps all.
func TestSnapLen(t *testing.T) {
	for _, snap := range []int{96, maxSnapLen} {
		l, server := listen(t, "127.0.0.1")
		h := open(t, Options{Ports: []uint16{server.Port()}, SnapLen: snap, Buffer: 64 << 20})
		c := follow(h)
		text := strings.Repeat("x", 100_000)
		echo(t, l, text)
		payload, longest := 0, 0
		for _, s := range c.until(t, lastACK()) {
			payload += s.Len
			longest = max(longest, s.Frame.Wire)
			if len(s.Frame.Data) != min(s.Frame.Wire, snap) {
				t.Errorf("kept %d of %d octets, want %d", len(s.Frame.Data), s.Frame.Wire, snap)
			}
		}
		stats, err := h.Stats()
		// Under load TCP may retransmit.
		if err != nil || stats.Dropped != 0 || payload < 2*len(text) || longest < 1000 {
			t.Errorf("%d octets of payload, want %d or more; the longest frame has %d; Stats = %+v, %v",
				payload, 2*len(text), longest, stats, err)
		}
	}
}

// TestSmallBuffer: a buffer that is filled and emptied many times keeps the
// order.
func TestSmallBuffer(t *testing.T) {
	l, server := listen(t, "127.0.0.1")
	h := open(t, Options{Ports: []uint16{server.Port()}, Buffer: 128 << 10})
	c := follow(h)
	for range 100 {
		echo(t, l, "hello")
		checkConversation(t, c.until(t, lastACK()), "hello")
	}
	if stats, err := h.Stats(); err != nil || stats.Dropped != 0 {
		t.Errorf("Stats = %+v, %v", stats, err)
	}
}

// TestDropsAreCounted: with nobody reading, a small buffer overflows, and the
// count only grows, up to the last one.
func TestDropsAreCounted(t *testing.T) {
	l, server := listen(t, "127.0.0.1")
	h := open(t, Options{Ports: []uint16{server.Port()}, Buffer: 128 << 10})
	dropped := uint64(0)
	more := func() uint64 {
		stats, err := h.Stats()
		if err != nil || stats.Delivered != 0 || stats.Dropped < dropped {
			t.Fatalf("Stats = %+v, %v after %d dropped", stats, err, dropped)
		}
		return stats.Dropped
	}
	// An exchange is seven segments or more; the buffer holds some 220, the
	// default one thousands.
	const enough = 100
	for range 3 {
		before := dropped
		for range enough {
			echo(t, l, "hello")
			if dropped = more(); dropped > before {
				break
			}
		}
		if dropped == before {
			t.Fatalf("still %d dropped after %d exchanges", dropped, enough)
		}
	}
	echo(t, l, "hello")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if last := more(); last == dropped {
		t.Errorf("%d dropped before and after the last exchange", last)
	}
}
