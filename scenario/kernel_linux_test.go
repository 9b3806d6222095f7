package scenario

import (
	"net"
	"testing"
)

// TestKernelOfOrphans: what no application has any more, a listener, and an
// error that waits.
func TestKernelOfOrphans(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		k, err := NewKernel(rec)
		must(t, err)
		defer k.Close()
		l, err := rec.Listen(t.Context(), Server, "tcp", net.JoinHostPort(f.Loopback().String(), "0"))
		must(t, err)
		if s, err := k.Sight(l.sock.local, l.sock.remote); err != nil || s.State != "LISTEN" {
			t.Errorf("a listener: %+v, %v", s, err)
		}
		must(t, l.Close())
		if s, err := k.Sight(l.sock.local, l.sock.remote); err != nil || s.State != "" || !s.Known {
			t.Errorf("a closed listener: %+v, %v", s, err)
		}
		client, server := pair(t, rec, f)
		must(t, client.Close())
		must(t, server.AwaitFIN(within(t, long)))
		must(t, AwaitFINAcked(within(t, long), Client, client.sock.local, client.sock.remote))
		if s, _ := k.Sight(client.sock.local, client.sock.remote); s.State != "FIN_WAIT2" && s.State != "TIME_WAIT" || s.Open {
			t.Errorf("an orphan: %+v", s)
		}
		server.Write([]byte("x"))
		must(t, server.AwaitHangup(within(t, long)))
		if s, _ := k.Sight(server.sock.local, server.sock.remote); !s.Pending || s.State != "CLOSED" {
			t.Errorf("with an error that waits: %+v", s)
		}
		server.SOError()
		if s, _ := k.Sight(server.sock.local, server.sock.remote); s.Pending {
			t.Errorf("the error has been taken: %+v", s)
		}
	})
}
