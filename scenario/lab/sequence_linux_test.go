package lab

import (
	"bytes"
	"errors"
	"net/netip"
	"runtime"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSequenceAgrees(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		for range 3 {
			client.send("abc")
			server.gets("abc")
			server.send("de")
			client.gets("de")
		}
		until(t, "everything is acknowledged", func() bool {
			c, s := client.numbers(), server.numbers()
			return c.SndUna == c.SndNxt && s.SndUna == s.SndNxt
		})
		c, s := client.numbers(), server.numbers()
		if c.SndNxt != s.RcvNxt || s.SndNxt != c.RcvNxt || c.RcvWup != c.RcvNxt || s.RcvWup != s.RcvNxt {
			t.Errorf("client %+v\nserver %+v", c, s)
		}
		if c.SndWnd != s.RcvWnd || s.SndWnd != c.RcvWnd || c.RcvWnd == 0 {
			t.Errorf("windows: client %+v\nserver %+v", c, s)
		}
	})
}

// The edge cases of the kernel's counts.
func TestNumbersState(t *testing.T) {
	n := numbers{written: 5, unsent: 10, unacked: 20, rcvNxt: 1 << 31, window: repairWindow{sndWnd: 7, rcvWnd: 30, rcvWup: 1<<31 - 10}}
	want := SeqState{SndUna: 1<<32 - 15, SndNxt: 1<<32 - 5, SndWnd: 7, RcvNxt: 1 << 31, RcvWup: 1<<31 - 10, RcvWnd: 20}
	if got := n.state(); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	n.window.rcvWnd = 5 // shrunk to less than has arrived
	if got := n.state().RcvWnd; got != 0 {
		t.Errorf("a window of %d", got)
	}
	n = numbers{written: 0, early: true}
	if got := n.state(); got.SndUna != 1<<32-1 || got.SndNxt != 0 {
		t.Errorf("%+v: the SYN is not acknowledged", got)
	}
}

// With nobody reading, written octets are sent up to the peer's window, and
// the rest is not.
func TestSequenceUnsent(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		start := client.numbers()
		written := 0
		client.ask(func(fd int) (int, error) {
			for {
				n, err := unix.Write(fd, make([]byte, 1<<16))
				if errors.Is(err, unix.EAGAIN) {
					return 0, nil
				}
				if err != nil {
					return 0, err
				}
				written += n
			}
		})
		until(t, "the sent octets are acknowledged", func() bool {
			n := client.numbers()
			return n.SndUna == n.SndNxt && n.SndNxt == server.numbers().RcvNxt
		})
		n := client.numbers()
		sent := int(n.SndNxt - start.SndNxt)
		if sent != server.unread() || sent >= written {
			t.Errorf("%d octets written, %d sent, %d arrived", written, sent, server.unread())
		}
	})
}

// Reading the numbers sends nothing and leaves the socket as it was.
func TestSequenceDisturbsNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		// Until the handshake's and the data's acknowledgements are out.
		client.send("a")
		server.gets("a")
		until(t, "the acknowledgement", func() bool { n := client.numbers(); return n.SndUna == n.SndNxt })
		sent := watch(t, Match{To: netip.AddrPortFrom(at, server.local.Port())})
		back := watch(t, Match{From: netip.AddrPortFrom(at, server.local.Port())})
		for _, e := range []*end{client, server} {
			reuse := func() int {
				return e.ask(func(fd int) (int, error) { return unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR) })
			}
			was, numbers := reuse(), e.numbers()
			for range 100 {
				if got := e.numbers(); got != numbers {
					t.Fatalf("%+v became %+v", numbers, got)
				}
			}
			if reuse() != was {
				t.Errorf("SO_REUSEADDR %d became %d", was, reuse())
			}
			if repair := e.ask(func(fd int) (int, error) { return unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_REPAIR) }); repair != 0 {
				t.Error("still in repair mode")
			}
		}
		if n := counted(t, sent) + counted(t, back); n != 0 {
			t.Errorf("%d segments were sent", n)
		}
		client.send("b")
		server.gets("b")
		server.send("c")
		client.gets("c")
		must(t, client.Close())
		server.fails(errEOF)
	})
}

// A reader that is blocked meanwhile sleeps on.
func TestSequenceUnderRead(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		type result struct {
			n   int
			err error
		}
		read := make(chan result, 1)
		go func() {
			n, err := client.Read(make([]byte, 10))
			read <- result{n, err}
		}()
		until(t, "the reader is blocked", func() bool { return blocked("TestSequenceUnderRead") })
		for range 100 {
			client.numbers()
		}
		server.send("ab")
		if r := <-read; r.n != 2 || r.err != nil {
			t.Errorf("%+v", r)
		}
	})
}

// blocked reports whether a goroutine waits for the network in a function of
// the test.
func blocked(test string) bool {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for one := range bytes.SplitSeq(stacks, []byte("\n\n")) {
		if bytes.Contains(one, []byte("[IO wait")) && bytes.Contains(one, []byte(test+".")) {
			return true
		}
	}
	return false
}

func TestSequenceOfListener(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		l, _ := listen(t, at)
		raw, err := l.SyscallConn()
		must(t, err)
		if _, err := Sequence(raw); err == nil {
			t.Error("a listener has no numbers")
		}
	})
}

// The socket that vanishes says nothing, and the peer finds out when it writes.
func TestVanish(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		client.send("a") // left unread: a close would reset
		said := watch(t, Match{From: server.local})
		must(t, Vanish(server.raw))
		must(t, server.Close())
		if n := counted(t, said); n != 0 {
			t.Errorf("it said %d segments", n)
		}
		client.send("b")
		client.fails(syscall.ECONNRESET)
		if n := counted(t, said); n == 0 {
			t.Error("the reset was not sent by the host")
		}
	})
}

func TestDestroy(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		must(t, Destroy(client.local, client.remote))
		client.fails(syscall.ECONNABORTED)
		server.fails(syscall.ECONNRESET)
		if err := Destroy(client.local, client.remote); !errors.Is(err, syscall.ENOENT) {
			t.Errorf("destroyed twice: %v", err)
		}
	})
}

// Where there is no such connection the listener of its address stays.
func TestDestroySparesListener(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		for _, remote := range []netip.AddrPort{netip.AddrPortFrom(at, client.local.Port()^1), netip.AddrPortFrom(at, 0)} {
			if err := Destroy(server.local, remote); !errors.Is(err, syscall.ENOENT) {
				t.Errorf("%v: %v", remote, err)
			}
		}
		c, err := dialOnce(server.local)
		must(t, err)
		c.Close()
		client.send("a")
		server.gets("a")
	})
}

// A socket of a dual-stack listener has IPv4 addresses written as IPv6.
func TestDestroyDualStack(t *testing.T) {
	needSandbox(t)
	l, address := listen(t, netip.IPv6Unspecified())
	c, err := dialOnce(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), address.Port()))
	must(t, err)
	s, err := l.Accept()
	must(t, err)
	client, server := newEnd(t, c), newEnd(t, s)
	must(t, Destroy(netip.AddrPortFrom(netip.AddrFrom16(server.local.Addr().As16()), server.local.Port()), server.remote))
	server.fails(syscall.ECONNABORTED)
	client.fails(syscall.ECONNRESET)
}
