package lab

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

var errEOF = io.EOF

func dialOnce(to netip.AddrPort) (net.Conn, error) {
	d := net.Dialer{Timeout: patient}
	return d.Dial("tcp", to.String())
}

// outside returns an address for documentation (RFC 5737, RFC 3849).
func outside(at netip.Addr) netip.Addr {
	if at.Is4() {
		return netip.MustParseAddr("192.0.2.7")
	}
	return netip.MustParseAddr("2001:db8::7")
}

func only(a netip.Addr) netip.Prefix { return netip.PrefixFrom(a, a.BitLen()) }

func TestRouteRefuses(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		for kind, want := range map[RouteKind]error{
			RouteBlackhole: syscall.EINVAL, RouteUnreachable: syscall.EHOSTUNREACH, RouteProhibit: syscall.EACCES,
		} {
			restore, err := Route(netip.PrefixFrom(outside(at), at.BitLen()-4), kind)
			must(t, err)
			if _, err := dialOnce(netip.AddrPortFrom(outside(at), 9)); !errors.Is(err, want) {
				t.Errorf("kind %d: %v, want %v", kind, err, want)
			}
			must(t, restore())
			must(t, restore())
			if _, err := dialOnce(netip.AddrPortFrom(outside(at), 9)); !errors.Is(err, syscall.ENETUNREACH) {
				t.Errorf("after kind %d: %v", kind, err)
			}
		}
	})
}

// A local route makes hosts: with no listener they refuse, with one on all
// addresses they answer, with a firewall they are silent.
func TestRouteLocal(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		_, wild := listen(t, map[bool]netip.Addr{true: netip.IPv4Unspecified(), false: netip.IPv6Unspecified()}[at.Is4()])
		restore, err := Route(only(outside(at)), RouteLocal)
		must(t, err)
		defer restore()
		if _, err := dialOnce(netip.AddrPortFrom(outside(at), 9)); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("dial: %v", err)
		}
		to := netip.AddrPortFrom(outside(at), wild.Port())
		c, err := dialOnce(to)
		must(t, err)
		if e := newEnd(t, c); e.local.Addr() != at || e.remote != to {
			t.Errorf("%v→%v", e.local, e.remote)
		}
		r, err := Drop(Match{To: to, Inbound: true})
		in := on(t, r, err)
		out := watch(t, Match{From: netip.AddrPortFrom(at, 0), To: to, Flags: SYN, Mask: SYN})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			_, err := (&net.Dialer{}).DialContext(ctx, "tcp", to.String())
			done <- err
		}()
		must(t, out.Await(soon(t), 1))
		must(t, in.Await(soon(t), 1))
		cancel()
		if err := <-done; err == nil || !strings.Contains(err.Error(), "operation was canceled") {
			t.Errorf("dial: %v", err)
		}
		must(t, restore())
		if _, err := dialOnce(to); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("after: %v", err)
		}
	})
}

// The rest of 127.0.0.0/8 can be routed away, under an open connection too.
func TestRouteUnderConnection(t *testing.T) {
	needSandbox(t)
	client, server := connect(t, netip.MustParseAddr("127.0.0.5"))
	restore, err := Route(netip.MustParsePrefix("127.0.0.5/32"), RouteProhibit)
	must(t, err)
	defer restore()
	if _, err := dialOnce(server.local); !errors.Is(err, syscall.EACCES) {
		t.Errorf("dial: %v", err)
	}
	client.send("a")
	if n := server.unread(); n != 0 {
		t.Errorf("%d octets got through", n)
	}
	must(t, restore())
	server.gets("a")
}

func TestRouteInvalid(t *testing.T) {
	needSandbox(t)
	for _, err := range []error{
		second(Route(netip.Prefix{}, RouteBlackhole)), second(Route(only(outside(netip.IPv6Loopback())), 0)),
		second(Addr(netip.Prefix{})), second(Addr(netip.MustParsePrefix("::ffff:192.0.2.1/128"))),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
	}
	if _, err := Route(netip.MustParsePrefix("127.0.0.1/32"), RouteProhibit); !errors.Is(err, syscall.EEXIST) {
		t.Errorf("lo's own address: %v", err)
	}
	if _, err := Route(netip.MustParsePrefix("::1/128"), RouteProhibit); !errors.Is(err, syscall.EEXIST) {
		t.Errorf("lo's own address: %v", err)
	}
}

func TestAddr(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		remove, err := Addr(only(outside(at)))
		must(t, err)
		defer remove()
		client, server := connect(t, outside(at))
		client.send("a")
		server.gets("a")
		must(t, remove())
		must(t, remove())
		if _, err := dialOnce(server.local); !errors.Is(err, syscall.ENETUNREACH) {
			t.Errorf("dial: %v", err)
		}
		client.send("b")
		if n := server.unread(); n != 0 {
			t.Errorf("%d octets got through", n)
		}
	})
}

func TestLinkDown(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		up, err := LinkDown()
		must(t, err)
		defer up()
		client.send("a")
		if n := server.unread(); n != 0 {
			t.Errorf("%d octets got through", n)
		}
		out := watch(t, Match{To: server.local})
		d := net.Dialer{Timeout: 50 * time.Millisecond}
		_, err = d.Dial("tcp", server.local.String())
		var ne net.Error
		if at.Is6() && !errors.Is(err, syscall.EADDRNOTAVAIL) || at.Is4() && !(errors.As(err, &ne) && ne.Timeout()) {
			t.Errorf("dial: %v", err)
		}
		if n := counted(t, out); (n > 0) != at.Is4() {
			t.Errorf("%d segments were sent", n)
		}
		must(t, up())
		must(t, up())
		server.gets("a")
		c, err := dialOnce(server.local)
		must(t, err)
		c.Close()
	})
}

func TestSysctl(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		timestamps := func() bool {
			client, _ := connect(t, at)
			return client.ask(func(fd int) (int, error) {
				info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
				if err != nil {
					return 0, err
				}
				return int(info.Options & 1), nil // TCPI_OPT_TIMESTAMPS
			}) != 0
		}
		if !timestamps() {
			t.Skip("needs net.ipv4.tcp_timestamps")
		}
		restore, err := Sysctl("net.ipv4.tcp_timestamps", "0")
		must(t, err)
		defer restore()
		if timestamps() {
			t.Error("it changed nothing")
		}
		must(t, restore())
		must(t, restore())
		if !timestamps() {
			t.Error("it was not put back")
		}
	})
}

func TestSysctlRefused(t *testing.T) {
	needSandbox(t)
	for name, want := range map[string]error{
		"kernel.hostname": ErrInvalid, "net.ipv4.../../kernel/hostname": ErrInvalid, "net": ErrInvalid,
		"net.ipv4.no_such_setting": os.ErrNotExist,
	} {
		if _, err := Sysctl(name, "1"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	if _, err := Sysctl("net.ipv4.tcp_timestamps", "x"); !errors.Is(err, syscall.EINVAL) {
		t.Error(err)
	}
	// What all networks share is not there to be changed, or can not be.
	for _, name := range []string{"net.core.rmem_max", "net.ipv4.tcp_mem", "net.ipv4.tcp_max_orphans"} {
		if _, err := Sysctl(name, "1"); !errors.Is(err, os.ErrPermission) && !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
