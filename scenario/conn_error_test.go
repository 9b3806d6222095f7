package scenario

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

func TestSOErrorTakesTheError(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		client, server := pair(t, rec, f)
		must(t, client.SOError())
		must(t, server.SetLinger(0))
		must(t, server.Close())
		must(t, client.AwaitHangup(within(t, long)))
		if err := client.SOError(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the pending error is %v", err)
		}
		must(t, client.SOError())
		client.Read(make([]byte, 1))
		sameTable(t, rec.Events()[4:], `
2 client so-error 0/0
3 server set-linger 0/0
3 server close 0/0
2 client poll 24/16
2 client so-error 0/0 ECONNRESET
2 client so-error 0/0
2 client read 0/1 EOF
`)
	})
}

func TestSOErrorWithoutASocket(t *testing.T) {
	a, b := net.Pipe()
	defer b.Close()
	c := NewRecorder().Conn(Client, a)
	if err := c.SOError(); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("on a pipe: %v", err)
	}
	client, _ := pair(t, NewRecorder(), IPv4)
	must(t, client.Close())
	if err := client.SOError(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("on a closed connection: %v", err)
	}
}
