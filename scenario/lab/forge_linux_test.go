package lab

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// forged sends a segment to e in its peer's name.
func (e *end) forged(f Forged) {
	e.t.Helper()
	f.From, f.To = e.remote, e.local
	must(e.t, Forge(f))
}

func TestForgeExactReset(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		server.send("a")
		client.gets("a")
		client.forged(Forged{Flags: RST, Seq: client.numbers().RcvNxt})
		client.fails(syscall.ECONNRESET)
	})
}

// None of these touches the connection: what the real peer sends afterwards is
// read. In order, for lo keeps the order.
func TestForgeIgnored(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		n := client.numbers()
		for name, f := range map[string]Forged{
			"stale":          {Flags: RST, Seq: n.RcvNxt - 1},
			"beyond":         {Flags: RST, Seq: n.RcvNxt + n.RcvWnd + 1},
			"bad checksum":   {Flags: RST, Seq: n.RcvNxt, BadChecksum: true},
			"data bad":       {Flags: ACK, Seq: n.RcvNxt, Ack: n.SndNxt, Payload: []byte("x"), BadChecksum: true},
			"no flag at all": {Seq: n.RcvNxt, Payload: []byte("x")},
		} {
			client.forged(f)
			if got := client.numbers(); got != n {
				t.Errorf("%s: %+v became %+v", name, n, got)
			}
		}
		server.send("a")
		client.gets("a")
	})
}

// A reset in the window that is not exact is answered by a challenge ACK
// (RFC 5961 §3.2), and by nothing else.
func TestForgeChallenged(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		n := client.numbers()
		acks := watch(t, Match{From: client.local, To: server.local, Flags: ACK, Mask: ACK | RST})
		client.forged(Forged{Flags: RST, Seq: n.RcvNxt + 1})
		must(t, acks.Await(soon(t), 1))
		server.send("a")
		client.gets("a")
	})
}

func TestForgeData(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, _ := connect(t, at)
		n := client.numbers()
		client.forged(Forged{Flags: PSH | ACK, Seq: n.RcvNxt, Ack: n.SndNxt, Window: 100, Payload: []byte("abc")})
		client.gets("abc")
		if got := client.numbers(); got.RcvNxt != n.RcvNxt+3 {
			t.Errorf("%+v became %+v", n, got)
		}
	})
}

// A timestamp from long ago makes a segment a duplicate (PAWS, RFC 7323 §5),
// one that is new does not.
func TestForgeTimestamps(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		n := client.numbers()
		// The stamp that the server would write now (tcp_time_stamp).
		now := uint32(server.ask(func(fd int) (int, error) {
			return unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_TIMESTAMP)
		}))
		f := Forged{Flags: PSH | ACK, Seq: n.RcvNxt, Ack: n.SndNxt, Window: 100, Payload: []byte("old"), TSVal: now - 1<<30, TSEcr: 1}
		client.forged(f)
		if got := client.numbers(); got.RcvNxt != n.RcvNxt {
			t.Error("an old duplicate was taken")
		}
		f.TSVal, f.Payload = now, []byte("new")
		client.forged(f)
		client.gets("new")
	})
}

// The sender need not be an address of this host.
func TestForgeFromAfar(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		from := netip.MustParseAddrPort("192.0.2.1:5")
		if at.Is6() {
			from = netip.MustParseAddrPort("[2001:db8::1]:5")
		}
		to := netip.AddrPortFrom(at, 9)
		arrived := watch(t, Match{From: from, To: to, Flags: SYN, Mask: 0x3f, Inbound: true})
		must(t, Forge(Forged{From: from, To: to, Flags: SYN, TTL: 3}))
		must(t, arrived.Await(soon(t), 1))
	})
}

// dialling is a dial that gets no answer, and the socket it waits on.
func dialling(t *testing.T, to netip.AddrPort) (socket *end, result <-chan error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	t.Cleanup(cancel)
	made := make(chan syscall.RawConn, 1)
	d := net.Dialer{ControlContext: func(_ context.Context, _, _ string, raw syscall.RawConn) error {
		made <- raw
		return nil
	}}
	r, err := Drop(Match{To: to, Flags: SYN, Mask: SYN, Inbound: true})
	rule := on(t, r, err)
	done := make(chan error, 1)
	go func() {
		c, err := d.DialContext(ctx, "tcp", to.String())
		if err == nil {
			c.Close()
		}
		done <- err
	}()
	must(t, rule.Await(ctx, 1))
	socket = &end{t: t, raw: <-made, remote: to}
	port := socket.ask(func(fd int) (int, error) {
		sa, err := unix.Getsockname(fd)
		switch sa := sa.(type) {
		case *unix.SockaddrInet4:
			return sa.Port, err
		case *unix.SockaddrInet6:
			return sa.Port, err
		}
		return 0, errors.Join(err, errors.ErrUnsupported)
	})
	socket.local = netip.AddrPortFrom(to.Addr(), uint16(port))
	return socket, done
}

func TestForgeICMPTimeExceeded(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		_, address := listen(t, at)
		socket, result := dialling(t, address)
		router, kind := netip.MustParseAddr("192.0.2.1"), ICMPv4TimeExceeded
		if at.Is6() {
			router, kind = netip.MustParseAddr("2001:db8::1"), ICMPv6TimeExceeded
		}
		n := socket.numbers()
		quoted := Forged{From: socket.local, To: address, Flags: SYN, Seq: n.SndUna - 1}
		// One about a segment that was never sent is ignored: the dial goes on.
		must(t, ForgeICMP(ICMPError{From: router, Type: kind, Quoted: quoted}))
		if got := socket.numbers(); got != n {
			t.Errorf("%+v became %+v", n, got)
		}
		quoted.Seq = n.SndUna
		must(t, ForgeICMP(ICMPError{From: router, Type: kind, Quoted: quoted}))
		if err := <-result; !errors.Is(err, syscall.EHOSTUNREACH) {
			t.Errorf("dial: %v", err)
		}
	})
}

func TestForgeICMPFragmentationNeeded(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		e := ICMPError{From: at, Type: ICMPv4Unreachable, Code: FragmentationNeeded, MTU: 1400}
		level, option := unix.IPPROTO_IP, unix.IP_MTU
		if at.Is6() {
			e.Type, e.Code = ICMPv6PacketTooBig, 0
			level, option = unix.IPPROTO_IPV6, unix.IPV6_MTU
		}
		e.Quoted = Forged{From: client.local, To: server.local, Flags: ACK, Seq: client.numbers().SndUna, Payload: make([]byte, 1460)}
		must(t, ForgeICMP(e))
		mtu := func() int {
			return client.ask(func(fd int) (int, error) { return unix.GetsockoptInt(fd, level, option) })
		}
		until(t, "an MTU of 1400", func() bool { return mtu() == 1400 })
		client.send("a")
		server.gets("a")
	})
}

// A SYN unanswered has one number on its way.
func TestSequenceSYNSent(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		_, address := listen(t, at)
		socket, result := dialling(t, address)
		n := socket.numbers()
		if n.SndNxt != n.SndUna+1 || n.RcvNxt != 0 {
			t.Errorf("%+v", n)
		}
		// The proof: an acceptable reset (RFC 9293 §3.10.7.3) refuses the dial.
		socket.forged(Forged{Flags: RST | ACK, Ack: n.SndNxt})
		if err := <-result; !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial: %v", err)
		}
	})
}
