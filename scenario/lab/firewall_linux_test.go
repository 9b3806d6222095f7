package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestDrop(t *testing.T) {
	needSandbox(t)
	for _, inbound := range []bool{true, false} {
		t.Run(fmt.Sprintf("inbound=%v", inbound), func(t *testing.T) {
			onBoth(t, func(t *testing.T, at netip.Addr) {
				client, server := connect(t, at)
				m := Match{From: client.local, To: server.local, HasPayload: true}
				m.Inbound = !inbound
				other := watch(t, m)
				m.Inbound = inbound
				r, err := Drop(m)
				rule := on(t, r, err)
				client.send("ab")
				must(t, rule.Await(soon(t), 2)) // sent again
				if n := server.unread(); n != 0 {
					t.Errorf("%d octets got through", n)
				}
				// At INPUT the segment has been on lo; at OUTPUT it never is.
				if n := counted(t, other); (n > 0) != inbound {
					t.Errorf("the other hook saw %d segments", n)
				}
				must(t, rule.Remove())
				server.gets("ab")
				if _, err := rule.Count(); err == nil {
					t.Error("a rule that is gone still counts")
				}
			})
		})
	}
}

// Zero fields match all TCP, of both families.
func TestDropAll(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		_, address := listen(t, at)
		r, err := Drop(Match{})
		on(t, r, err)
		d := net.Dialer{Timeout: 50 * time.Millisecond}
		var ne net.Error
		if _, err := d.Dial("tcp", address.String()); !errors.As(err, &ne) || !ne.Timeout() {
			t.Errorf("dial: %v", err)
		}
		if counted(t, r) == 0 {
			t.Error("nothing was counted")
		}
	})
}

func TestMatchFields(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		l, address := listen(t, at)
		port := func(p uint16) netip.AddrPort { return netip.AddrPortFrom(netip.Addr{}, p) }
		syns := watch(t, Match{To: address, Flags: SYN, Mask: SYN | ACK})
		synacks := watch(t, Match{From: port(address.Port()), Flags: SYN | ACK, Mask: SYN | ACK})
		payload := watch(t, Match{To: port(address.Port()), HasPayload: true})
		fins := watch(t, Match{From: address, Flags: FIN, Mask: FIN})
		elsewhere := watch(t, Match{To: netip.AddrPortFrom(at.Next(), 0)})
		c, err := net.Dial("tcp", address.String())
		must(t, err)
		s, err := l.Accept()
		must(t, err)
		client, server := newEnd(t, c), newEnd(t, s)
		client.send("a")
		server.gets("a")
		must(t, server.CloseWrite())
		must(t, fins.Await(soon(t), 1))
		for name, r := range map[string]*Rule{"SYN": syns, "SYN,ACK": synacks, "payload": payload, "FIN": fins} {
			if n := counted(t, r); n != 1 {
				t.Errorf("%s: %d", name, n)
			}
		}
		if n := counted(t, elsewhere); n != 0 {
			t.Errorf("to %v: %d", at.Next(), n)
		}
	})
}

func TestSkip(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		r, err := Drop(Match{To: server.local, HasPayload: true, Skip: 2, Inbound: true})
		rule := on(t, r, err)
		for _, text := range []string{"a", "b"} {
			client.send(text)
			server.gets(text)
		}
		client.send("c")
		must(t, rule.Await(soon(t), 4))
		if n := server.unread(); n != 0 {
			t.Errorf("%d octets got through", n)
		}
		must(t, rule.Remove())
		must(t, rule.Remove())
		server.gets("c")
	})
}

func TestRejectReset(t *testing.T) {
	needSandbox(t)
	for _, inbound := range []bool{true, false} {
		t.Run(fmt.Sprintf("inbound=%v", inbound), func(t *testing.T) {
			onBoth(t, func(t *testing.T, at netip.Addr) {
				client, server := connect(t, at)
				r, err := RejectReset(Match{To: server.local, HasPayload: true, Inbound: inbound})
				on(t, r, err)
				client.send("a")
				client.fails(syscall.ECONNRESET)
				if n := server.unread(); n != 0 {
					t.Errorf("%d octets got through", n)
				}
				_, address := listen(t, at)
				r, err = RejectReset(Match{To: address, Flags: SYN, Mask: SYN, Inbound: inbound})
				on(t, r, err)
				if _, err := net.Dial("tcp", address.String()); !errors.Is(err, syscall.ECONNREFUSED) {
					t.Errorf("dial: %v", err)
				}
			})
		})
	}
}

// A SYN that an ICMP error answers ends the dial. Over IPv6 that is when it is
// sent again, after a second: the first finds the socket locked (tcp_v6_err).
func TestRejectICMPSYN(t *testing.T) {
	needSandbox(t)
	v4, v6 := netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1")
	for _, c := range []struct {
		at         netip.Addr
		kind, code uint8
		want       syscall.Errno
	}{
		{v4, 3, 0, syscall.ENETUNREACH}, {v4, 3, 1, syscall.EHOSTUNREACH}, {v4, 3, 2, syscall.ENOPROTOOPT},
		{v4, 3, 3, syscall.ECONNREFUSED}, {v4, 3, 9, syscall.ENETUNREACH}, {v4, 3, 10, syscall.EHOSTUNREACH},
		{v4, 3, 13, syscall.EHOSTUNREACH},
		{v6, 1, 0, syscall.ENETUNREACH}, {v6, 1, 1, syscall.EACCES}, {v6, 1, 3, syscall.EHOSTUNREACH},
		{v6, 1, 4, syscall.ECONNREFUSED}, {v6, 1, 5, syscall.EACCES},
	} {
		for _, inbound := range []bool{true, false} {
			t.Run(fmt.Sprintf("%v/%d/%d/inbound=%v", c.at, c.kind, c.code, inbound), func(t *testing.T) {
				t.Parallel()
				_, address := listen(t, c.at)
				r, err := RejectICMP(Match{To: address, Inbound: inbound}, c.kind, c.code)
				on(t, r, err)
				d := net.Dialer{Timeout: patient}
				if _, err := d.Dial("tcp", address.String()); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
			})
		}
	}
}

// On an open connection an ICMP error is soft: it waits in SO_ERROR, and the
// connection goes on once the path is good again.
func TestRejectICMPEstablished(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		kind, code := ICMPv4Unreachable, uint8(1)
		if at.Is6() {
			kind, code = ICMPv6Unreachable, 3
		}
		r, err := RejectICMP(Match{To: server.local, HasPayload: true, Inbound: true}, kind, code)
		rule := on(t, r, err)
		client.send("a")
		until(t, "a soft EHOSTUNREACH", func() bool { return client.softError() == syscall.EHOSTUNREACH })
		must(t, rule.Remove())
		server.gets("a")
	})
}

// The family of a rule is that of its ICMP error, and no other is touched.
func TestRejectICMPOtherFamily(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		kind := ICMPv6Unreachable
		if at.Is6() {
			kind = ICMPv4Unreachable
		}
		r, err := RejectICMP(Match{}, kind, 3)
		on(t, r, err)
		client, server := connect(t, at)
		client.send("a")
		server.gets("a")
	})
}

func TestRuleInvalid(t *testing.T) {
	needSandbox(t)
	v4, v6 := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("[::1]:1")
	for name, f := range map[string]func() (*Rule, error){
		"flags outside the mask":   func() (*Rule, error) { return Drop(Match{Flags: SYN | ACK, Mask: SYN}) },
		"two families":             func() (*Rule, error) { return Drop(Match{From: v4, To: v6}) },
		"a kind nobody rejects by": func() (*Rule, error) { return RejectICMP(Match{}, ICMPv4TimeExceeded, 0) },
		"no such code":             func() (*Rule, error) { return RejectICMP(Match{}, ICMPv6Unreachable, 7) },
		"no MTU":                   func() (*Rule, error) { return RejectICMP(Match{}, ICMPv4Unreachable, FragmentationNeeded) },
		"the other family's error": func() (*Rule, error) { return RejectICMP(Match{To: v6}, ICMPv4Unreachable, 1) },
	} {
		if r, err := f(); r != nil || !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Rules come and go from any goroutine.
func TestRulesConcurrently(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				r, err := Drop(Match{To: netip.AddrPortFrom(at, 9)})
				if err == nil {
					_, err = r.Count()
				}
				if err == nil {
					err = r.Remove()
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
}
