package session

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario"
)

var (
	cli   = netip.MustParseAddrPort("127.0.0.1:40000")
	other = netip.MustParseAddrPort("127.0.0.1:40001")
	srv   = netip.MustParseAddrPort("127.0.0.1:80")
)

// emptyTap is a tap that no handle feeds.
func emptyTap() *tap { return &tap{ended: make(chan struct{})} }

// at is a segment with a stamp of so many nanoseconds; IPID tells it from
// others that look alike.
func at(ns int64, src, dst netip.AddrPort, mark uint16) capture.Segment {
	return capture.Segment{Time: time.Unix(0, ns), Src: src, Dst: dst, IPID: mark}
}

// framed is such a segment as a handle delivers it: an IPv4 datagram and no link's header.
func framed(ns int64, src, dst netip.AddrPort, mark uint16) *live.Batch {
	b := make([]byte, 40)
	b[0], b[8], b[9] = 0x45, 64, 6
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	binary.BigEndian.PutUint16(b[4:], mark)
	copy(b[12:], src.Addr().AsSlice())
	copy(b[16:], dst.Addr().AsSlice())
	binary.BigEndian.PutUint16(b[20:], src.Port())
	binary.BigEndian.PutUint16(b[22:], dst.Port())
	b[32] = 5 << 4
	batch := new(live.Batch)
	batch.Add(capture.Frame{Link: capture.LinkRaw, Data: b, Wire: len(b)}, time.Unix(0, ns))
	return batch
}

func marks(list []capture.Segment) (marks []uint16) {
	for _, s := range list {
		marks = append(marks, s.IPID)
	}
	return marks
}

func TestTakeOrdersByTime(t *testing.T) {
	for _, c := range []struct {
		name   string
		stamps []int64
		want   []uint16
	}{
		{"as they came", []int64{10, 20, 30}, []uint16{0, 1, 2}},
		{"equal stamps stay as they came", []int64{10, 10, 10}, []uint16{0, 1, 2}},
		{"reversed", []int64{30, 20, 10}, []uint16{2, 1, 0}},
		{"two queues, interleaved", []int64{20, 40, 10, 30, 20}, []uint16{2, 0, 4, 3, 1}},
		{"nothing", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			tap := emptyTap()
			for i, ns := range c.stamps {
				tap.add(framed(ns, cli, srv, uint16(i)), nil)
			}
			if d := cmp.Diff(c.want, marks(tap.take())); d != "" {
				t.Error(d)
			}
			if again := tap.take(); len(again) != 0 {
				t.Errorf("a second take gives %d segments again", len(again))
			}
		})
	}
}

func TestOwnNumbersItsConnectionsOnly(t *testing.T) {
	events := []scenario.Event{
		{ID: 1, Op: scenario.OpListen, Local: srv},
		{ID: 2, Op: scenario.OpDial, Local: cli, Remote: srv},
		{ID: 3, Op: scenario.OpAccept, Local: srv, Remote: cli},
	}
	got := own([]capture.Segment{
		at(1, other, srv, 1), // a stranger's
		at(2, cli, srv, 2), at(3, srv, cli, 3),
		at(4, srv, other, 4), // and what he is answered
		at(5, cli, srv, 5),
		at(6, cli, other, 6), // ours to somewhere else
	}, events)
	if d := cmp.Diff([]uint16{2, 3, 5}, marks(got)); d != "" {
		t.Error(d)
	}
	for i, s := range got {
		if s.ID != i+1 {
			t.Errorf("segment %d has ID %d", i+1, s.ID)
		}
	}
	if got := own([]capture.Segment{at(1, cli, srv, 1)}, events[:1]); len(got) != 0 {
		t.Errorf("a listener alone owns %d segments", len(got))
	}
}

func TestAwait(t *testing.T) {
	broken := errors.New("broken")
	fits := func(s *capture.Segment) bool { return s.IPID == 7 }
	t.Run("there already", func(t *testing.T) {
		tap := emptyTap()
		tap.add(framed(1, cli, srv, 7), nil)
		if err := tap.await(t.Context(), fits); err != nil {
			t.Error(err)
		}
	})
	t.Run("comes later", func(t *testing.T) {
		tap := emptyTap()
		go func() {
			for i := range uint16(8) {
				tap.add(framed(int64(i), cli, srv, i), nil)
			}
		}()
		if err := tap.await(t.Context(), fits); err != nil {
			t.Error(err)
		}
	})
	for _, c := range []struct {
		err  error
		want string
	}{{broken, "broken"}, {io.EOF, "the capture was closed"}} {
		t.Run("the capture ends: "+c.want, func(t *testing.T) {
			tap := emptyTap()
			go tap.add(new(live.Batch), c.err)
			if err := tap.await(t.Context(), fits); err == nil || err.Error() != c.want {
				t.Errorf("await = %v", err)
			}
		})
	}
	t.Run("the context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go cancel()
		if err := emptyTap().await(ctx, fits); !errors.Is(err, context.Canceled) {
			t.Errorf("await = %v", err)
		}
	})
}

func TestDuringEndsWithTheCapture(t *testing.T) {
	tap, broken := emptyTap(), errors.New("broken")
	ctx, stop := tap.during(t.Context())
	defer stop()
	if ctx.Err() != nil {
		t.Fatal("over before it began")
	}
	tap.add(new(live.Batch), broken)
	close(tap.ended)
	<-ctx.Done()
	if err := context.Cause(ctx); err != broken {
		t.Errorf("cause %v", err)
	}
}
