package scenario

import (
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestConnRecordsEveryCall(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		rec := NewRecorder()
		client, server := pair(t, rec, f)
		client.SetLinger(-1)
		client.Write([]byte("hello"))
		client.CloseWrite()
		io.ReadFull(server, make([]byte, 5))
		server.Read(make([]byte, 8))
		server.CloseRead()
		server.Close()
		server.Close()
		client.Close()
		events := rec.Events()
		sameTable(t, events, `
1 server listen 0/0
2 client dial 0/0
3 server accept 0/0
1 server close 0/0
2 client set-linger 0/-1
2 client write 5/5
2 client close-write 0/0
3 server read 5/5
3 server read 0/8 EOF
3 server close-read 0/0
3 server close 0/0
3 server close 0/0 CLOSED
2 client close 0/0
`)
		checkStamps(t, events)
		checkAddresses(t, events)
	})
}

// checkStamps: intervals on the wall clock alone, in order of the IDs.
func checkStamps(t *testing.T, events []Event) {
	t.Helper()
	for i, e := range events {
		if e.ID != i+1 {
			t.Errorf("event %d has the ID %d", i+1, e.ID)
		}
		if e.End.Before(e.Start) || strings.Contains(e.Start.String()+e.End.String(), "m=") {
			t.Errorf("event %d: from %v to %v", e.ID, e.Start, e.End)
		}
		if i > 0 && e.Start.Before(events[i-1].Start) {
			t.Errorf("event %d starts before event %d", e.ID, e.ID-1)
		}
		if (e.Fault == "") != (e.Err == "") {
			t.Errorf("event %d: fault %q, error %q", e.ID, e.Fault, e.Err)
		}
	}
}

// checkAddresses: the ends of a connection name each other, in all events.
func checkAddresses(t *testing.T, events []Event) {
	t.Helper()
	var ends [4]Event
	for _, e := range events {
		first := &ends[e.Conn]
		if first.ID == 0 {
			*first = e
		}
		if e.Local != first.Local || e.Remote != first.Remote || !e.Local.IsValid() {
			t.Errorf("%s %s: %v→%v, before %v→%v", e.Role, e.Op, e.Local, e.Remote, first.Local, first.Remote)
		}
	}
	if c, s := ends[2], ends[3]; c.Local != s.Remote || c.Remote != s.Local || s.Local != ends[1].Local {
		t.Errorf("client %v→%v, server %v→%v, listener %v", c.Local, c.Remote, s.Local, s.Remote, ends[1].Local)
	}
}

func TestDeadlinesAreRemembered(t *testing.T) {
	rec := NewRecorder()
	client, _ := pair(t, rec, IPv4)
	past, future := time.Unix(1, 0), time.Now().Add(time.Hour)
	must(t, client.SetDeadline(future))
	must(t, client.SetReadDeadline(past))
	client.Read(make([]byte, 1))
	client.Write([]byte("x"))
	must(t, client.SetWriteDeadline(time.Time{}))
	client.Write([]byte("y"))
	must(t, client.Close())
	if err := client.SetReadDeadline(future); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetReadDeadline after Close: %v", err)
	}
	client.Read(make([]byte, 1))

	events := rec.Events()[4:]
	sameTable(t, events, `
2 client read 0/1 DEADLINE
2 client write 1/1
2 client write 1/1
2 client close 0/0
2 client read 0/1 CLOSED
`)
	for i, want := range []time.Time{past, future, {}, {}, past} {
		if got := events[i].Deadline; !got.Equal(want) {
			t.Errorf("%s: deadline %v, not %v", events[i].Op, got, want)
		}
	}
}

// underWay waits until the latest event is such a call.
func underWay(t *testing.T, rec *Recorder, op Op) Event {
	t.Helper()
	for ctx := within(t, 10*time.Second); ctx.Err() == nil; runtime.Gosched() {
		events := rec.Events()
		if last := events[len(events)-1]; last.Op == op {
			return last
		}
	}
	t.Fatalf("no %s has begun", op)
	return Event{}
}

func TestCallThatHasNotReturned(t *testing.T) {
	rec := NewRecorder()
	client, server := pair(t, rec, IPv4)
	done := make(chan struct{})
	go func() {
		defer close(done)
		server.Read(make([]byte, 1))
	}()
	read := underWay(t, rec, OpRead)
	if read.Op != OpRead || read.Start.IsZero() || !read.End.IsZero() {
		t.Errorf("while the read is blocked its event is %+v", read)
	}
	client.Write([]byte("x"))
	<-done
	if read = rec.Events()[read.ID-1]; read.End.IsZero() || read.N != 1 {
		t.Errorf("when it has returned its event is %+v", read)
	}
}

// TestConnOfAnotherKind wraps what is no TCP connection and can do less.
func TestConnOfAnotherKind(t *testing.T) {
	rec := NewRecorder()
	a, b := net.Pipe()
	defer b.Close()
	c := rec.Conn("peer", a)
	for _, err := range []error{c.CloseWrite(), c.CloseRead(), c.SetLinger(0), c.AwaitFIN(t.Context())} {
		if !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("on a pipe: %v", err)
		}
	}
	c.Close()
	sameTable(t, rec.Events(), `
1 peer close-write 0/0 OTHER
1 peer close-read 0/0 OTHER
1 peer set-linger 0/0 OTHER
1 peer poll 0/8192 OTHER
1 peer close 0/0
`)
	if c.NetConn() != a || c.LocalAddr() != a.LocalAddr() || c.RemoteAddr() != a.RemoteAddr() {
		t.Error("the connection underneath is another one")
	}
}

// TestCopyIsSeen: splice would move the octets unseen.
func TestCopyIsSeen(t *testing.T) {
	rec := NewRecorder()
	fromClient, from := pair(t, rec, IPv4)
	to, toServer := pair(t, rec, IPv4)
	fromClient.Write([]byte("through"))
	fromClient.Close()
	n, err := io.Copy(to, from)
	if n != 7 || err != nil {
		t.Fatalf("copied %d octets, %v", n, err)
	}
	io.ReadFull(toServer, make([]byte, 7))
	sameTable(t, rec.Events()[10:], `
3 server read 7/32768
5 client write 7/7
3 server read 0/32768 EOF
6 server read 7/7
`)
}

func TestRecorderIsSafeForConcurrentUse(t *testing.T) {
	rec := NewRecorder()
	client, server := pair(t, rec, IPv4)
	const each = 100
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range each {
				client.SetWriteDeadline(time.Now().Add(time.Hour))
				client.Write([]byte("x"))
				rec.Events()
			}
		})
	}
	all.Go(func() { io.ReadFull(server, make([]byte, 4*each)) })
	all.Wait()
	checkStamps(t, rec.Events())
}
