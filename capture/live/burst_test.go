package live

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

const (
	burstConnections = 4
	burstTurns       = 2500 // of one octet there and one back
	burstSegments    = burstConnections * burstTurns * 2
)

// TestBurst: of 20,000 small segments in a burst, none is lost while the reader
// keeps up: every octet of every sequence is seen once.
func TestBurst(t *testing.T) {
	for name, batched := range map[string]bool{"one by one": false, "in batches": true} {
		t.Run(name, func(t *testing.T) { burst(t, batched) })
	}
}

func burst(t *testing.T, batched bool) {
	l, server := listen(t, "127.0.0.1")
	h := open(t, Options{Ports: []uint16{server.Port()}, SnapLen: 128, Batched: batched})
	c := followAs(h, batched)
	var traffic sync.WaitGroup
	traffic.Go(func() { pingPong(t, l) })
	defer traffic.Wait()

	type direction struct{ src, dst netip.AddrPort }
	next, fins := map[direction]capture.Seq{}, map[direction]bool{}
	payload, data := 0, 0
	c.until(t, func(s capture.Segment) bool {
		d := direction{s.Src, s.Dst}
		want, known := next[d]
		switch {
		case known && s.Seq.Before(want):
			return false // retransmitted
		case known && s.Seq != want:
			t.Fatalf("%v to %v: seq %d, want %d", s.Src, s.Dst, s.Seq, want)
		}
		next[d] = s.End()
		payload += s.Len
		data += min(s.Len, 1)
		if s.Flags.Has(capture.FIN) {
			fins[d] = true
		}
		return len(fins) == 2*burstConnections
	})
	stats, err := h.Stats()
	if err != nil || stats.Dropped != 0 || payload != burstSegments || data != burstSegments {
		t.Errorf("%d octets in %d segments, want %d; Stats = %+v, %v", payload, data, burstSegments, stats, err)
	}
}

// pingPong passes single octets to and fro on connections side by side, which
// gives a segment for each; the sender of the last closes.
func pingPong(t *testing.T, l net.Listener) {
	var ends sync.WaitGroup
	defer ends.Wait()
	for range burstConnections {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Error(err)
			return
		}
		server, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		ends.Go(func() {
			defer server.Close()
			io.Copy(server, onlyReader{server})
		})
		ends.Go(func() {
			defer client.Close()
			octet := []byte{'.'}
			for range burstTurns {
				_, sent := client.Write(octet)
				_, returned := io.ReadFull(client, octet)
				if err := errors.Join(sent, returned); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
}

// onlyReader hides that a connection can be spliced: each read is to be
// answered by a write.
type onlyReader struct{ io.Reader }
