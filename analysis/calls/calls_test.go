package calls

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/journal"
)

var (
	near = netip.MustParseAddrPort("127.0.0.1:40000")
	far  = netip.MustParseAddrPort("127.0.0.1:80")
	none = netip.AddrPort{}
)

// at is a moment, in µs.
func at(µs int) time.Time { return time.Unix(1000, int64(µs)*1000) }

// call is one on socket 1, from one moment to another.
func call(name string, from, to int, with func(*kernel.Signal)) kernel.Signal {
	s := kernel.Signal{Kind: kernel.Return, Call: name, Socket: 1, PID: 7, FD: 3, Start: at(from), Time: at(to), Local: near, Remote: far}
	if with != nil {
		with(&s)
	}
	return s
}

func octets(asked, n int) func(*kernel.Signal) {
	return func(s *kernel.Signal) { s.Asked, s.N = asked, n }
}

func failing(name string) func(*kernel.Signal) { return func(s *kernel.Signal) { s.Errno = name } }

// option is one that is set, or asked for.
func option(number, value int, cookie uint64) func(*kernel.Signal) {
	return func(s *kernel.Signal) { s.Asked, s.Value, s.HasValue, s.Socket = number, value, true, cookie }
}

// connect is to an address of IPv4; it failed with errno, "" if it did not.
func connect(from, to int, errno string) kernel.Signal {
	return call("connect", from, to, func(s *kernel.Signal) { s.Asked, s.Errno = 2, errno })
}

func closing(from, to int) kernel.Signal {
	return call("close", from, to, func(s *kernel.Signal) { s.Last = true })
}

// enters is that the socket enters a state.
func enters(state string, when int) kernel.Signal {
	st, _ := kernel.ParseState(state)
	return kernel.Signal{Kind: kernel.SetState, State: st, Socket: 1, Time: at(when), Local: near, Remote: far}
}

// short is an event in a few words.
func short(ev scenario.Event) string {
	end := "open"
	if !ev.End.IsZero() {
		end = fmt.Sprint(ev.End.Sub(at(0)).Microseconds())
	}
	text := fmt.Sprintf("%d-%s %s %s", ev.Start.Sub(at(0)).Microseconds(), end, ev.Role, ev.Op)
	switch ev.Op {
	case scenario.OpRead, scenario.OpWrite, scenario.OpPeek:
		text += fmt.Sprintf(" %d of %d", ev.N, ev.Asked)
	case scenario.OpSetLinger, scenario.OpShutdown:
		text += fmt.Sprintf(" %d", ev.Asked)
	}
	return strings.TrimSpace(text + " " + string(ev.Fault))
}

func TestOf(t *testing.T) {
	dialled := []kernel.Signal{connect(1, 5, "EINPROGRESS"), enters("SYN_SENT", 2), enters("ESTABLISHED", 6)}
	after := func(more ...kernel.Signal) []kernel.Signal { return slices.Concat(dialled, more) }
	soError := func(from, value int) kernel.Signal { return call("getsockopt", from, from+1, option(4, value, 1)) }
	for name, c := range map[string]struct {
		signals []kernel.Signal
		endings []journal.Ending
		want    []string
	}{
		"a dial that blocks": {signals: []kernel.Signal{connect(1, 9, "")}, want: []string{"1-9 client dial"}},
		"a dial that is refused": {signals: []kernel.Signal{connect(1, 9, "ECONNREFUSED"), closing(10, 11)},
			want: []string{"1-9 client dial ECONNREFUSED"}},
		"a dial that is followed to its end": {signals: after(soError(10, 0)), want: []string{"1-11 client dial"}},
		"one whose end a write shows":        {signals: after(call("write", 20, 21, octets(2, 2))), want: []string{"1-20 client dial", "20-21 client write 2 of 2"}},
		"one that fails": {signals: []kernel.Signal{connect(1, 5, "EINPROGRESS"), enters("SYN_SENT", 2), enters("CLOSE", 6), soError(10, 111)},
			want: []string{"1-11 client dial ECONNREFUSED"}},
		"one whose failure a read shows": {signals: []kernel.Signal{connect(1, 5, "EINPROGRESS"), enters("CLOSE", 6), call("read", 10, 11, failing("ECONNREFUSED"))},
			want: []string{"1-11 client dial ECONNREFUSED"}},
		"one that is given up": {signals: []kernel.Signal{connect(1, 5, "EINPROGRESS"), enters("SYN_SENT", 2), closing(10, 12)},
			want: []string{"1-12 client dial CANCELED"}},
		"what would have had to wait": {signals: after(soError(7, 0), call("read", 10, 11, failing("EAGAIN")), call("read", 12, 13, octets(8, 3))),
			want: []string{"1-8 client dial", "12-13 client read 3 of 8"}},
		"an end of file": {signals: after(soError(7, 0), call("recvfrom", 10, 11, octets(8, 0))), want: []string{"1-8 client dial", "10-11 client read 0 of 8 EOF"}},
		"a look ahead": {signals: after(soError(7, 0), call("recvfrom", 10, 11, func(s *kernel.Signal) { s.Asked, s.N, s.Peeks = 8, 2, true })),
			want: []string{"1-8 client dial", "10-11 client peek 2 of 8"}},
		"a splice to it": {signals: after(soError(7, 0), call("splice", 10, 11, func(s *kernel.Signal) { s.Asked, s.N, s.Writes = 99, 3, true })),
			want: []string{"1-8 client dial", "10-11 client write 3 of 3"}},
		"a close of one of several descriptors": {signals: after(soError(7, 0), call("close", 10, 11, nil), closing(12, 13)),
			want: []string{"1-8 client dial", "12-13 client close"}},
		"a descriptor that is replaced": {signals: after(soError(7, 0), call("dup2", 10, 11, func(s *kernel.Signal) { s.Last, s.Errno = true, "EBADF" }),
			call("dup2", 12, 13, func(s *kernel.Signal) { s.Last = true })), want: []string{"1-8 client dial", "12-13 client close"}},
		"half a close":            {signals: after(soError(7, 0), call("shutdown", 10, 11, octets(1, 0))), want: []string{"1-8 client dial", "10-11 client close-write"}},
		"a shutdown of both ways": {signals: after(soError(7, 0), call("shutdown", 10, 11, octets(7<<32|2, 0))), want: []string{"1-8 client dial", "10-11 client shutdown 2"}},
		"a look at the end": {signals: after(soError(7, 0), call("recvfrom", 10, 11, func(s *kernel.Signal) { s.Asked, s.Peeks = 8, true })),
			want: []string{"1-8 client dial", "10-11 client peek 0 of 8 EOF"}},
		"an option before there is a cookie": {signals: []kernel.Signal{call("setsockopt", 0, 1, option(13, 0, 0)), connect(2, 3, "")},
			want: []string{"2-3 client dial", "3-3 client set-linger 0"}},
		"an option of a connection": {signals: after(soError(7, 0), call("setsockopt", 10, 11, option(13, 5, 1))), want: []string{"1-8 client dial", "10-11 client set-linger 5"}},
		"a socket that vanishes":    {signals: after(soError(7, 0), call("setsockopt", 10, 11, option(19, 1, 1)), closing(12, 13)), want: []string{"1-8 client dial", "12-13 client vanish"}},
		"an error that is asked for": {signals: after(soError(7, 0), soError(9, 104)),
			want: []string{"1-8 client dial", "9-10 client so-error ECONNRESET"}},
		"a call that its thread ends in": {signals: after(soError(7, 0), call("read", 10, 90, func(s *kernel.Signal) { s.Asked, s.Unfinished = 8, true })),
			endings: []journal.Ending{{Start: at(91), End: at(95), Killed: true, Sockets: []uint64{1, 99}}},
			want:    []string{"1-8 client dial", "10-open client read 0 of 8", "91-95 client kill"}},
		"a process that closes nothing": {signals: after(), endings: []journal.Ending{{Start: at(91), End: at(95), Sockets: []uint64{1}}},
			want: []string{"1-91 client dial", "91-95 client close"}},
		"a disconnect": {signals: after(soError(7, 0), call("connect", 10, 11, nil)), want: []string{"1-8 client dial", "10-11 client disconnect"}},
	} {
		var got []string
		for _, ev := range Of(c.signals, c.endings) {
			got = append(got, short(ev))
			if ev.Op != scenario.OpDial && (ev.Local != near || ev.Remote != far) {
				t.Errorf("%s: %s is of %v and %v", name, short(ev), ev.Local, ev.Remote)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

// TestListener: a listener need not have a cookie; what it accepts is the server's.
func TestListener(t *testing.T) {
	on := func(s *kernel.Signal) { s.Socket, s.Local, s.Remote = 0, far, none }
	made := func(s *kernel.Signal) { s.Local, s.Remote = far, near }
	got := Of([]kernel.Signal{
		call("listen", 1, 2, on),
		call("accept4", 3, 4, func(s *kernel.Signal) { on(s); s.Errno = "EAGAIN" }),
		call("accept4", 5, 6, func(s *kernel.Signal) { s.Socket, s.Made, s.Local, s.Remote = 0, 2, far, near }),
		call("write", 7, 8, func(s *kernel.Signal) { made(s); s.Socket, s.FD, s.Asked, s.N = 2, 4, 1, 1 }),
		call("close", 9, 10, func(s *kernel.Signal) { on(s); s.Last = true }),
	}, nil)
	var list []string
	for i, ev := range got {
		list = append(list, short(ev))
		if ev.ID != i+1 || ev.Local != far {
			t.Errorf("%+v", ev)
		}
	}
	if want := []string{"1-2 server listen", "5-6 server accept", "7-8 server write 1 of 1", "9-10 server close"}; !slices.Equal(list, want) {
		t.Fatalf("%q", list)
	}
	if got[0].Conn != got[3].Conn || got[1].Conn != got[2].Conn || got[0].Conn == got[1].Conn || got[2].Remote != near {
		t.Errorf("%+v", got)
	}
}
