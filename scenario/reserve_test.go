package scenario

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestReserveInBothFamilies(t *testing.T) {
	needLoopback(t, IPv6)
	p, err := Reserve([]Family{IPv4, IPv6}, 5, 0)
	must(t, err)
	defer p.Close()
	n := p.Numbers()
	slices.Sort(n)
	if len(n) != 5 || len(slices.Compact(n)) != 5 || n[0] == 0 {
		t.Errorf("reserved %v", p.Numbers())
	}
	must(t, p.Close())
	must(t, p.Close()) // harmless

	again, err := Reserve([]Family{IPv4, IPv6}, 2, n[0])
	must(t, err)
	defer again.Close()
	if got := again.Numbers(); got[0] != n[0] || got[1] == n[0] {
		t.Errorf("asked for %d first and got %v", n[0], got)
	}
}

// TestReserveOfATakenPort: the error comes at once, and names the address, in
// whichever of the families the port is taken.
func TestReserveOfATakenPort(t *testing.T) {
	forEachFamily(t, func(t *testing.T, f Family) {
		families := []Family{f}
		if f == IPv6 {
			families = []Family{IPv4, f}
		}
		p, err := Reserve(families, 1, 0) // so that it is free in the others
		must(t, err)
		defer p.Close()
		l, err := net.Listen("tcp", netip.AddrPortFrom(f.Loopback(), p.Numbers()[0]).String())
		must(t, err)
		defer l.Close()
		files := openFiles(t)
		_, err = Reserve(families, 1, addrPort(l.Addr()).Port())
		if !errors.Is(err, syscall.EADDRINUSE) || !strings.HasPrefix(err.Error(), "scenario: reserve "+l.Addr().String()) {
			t.Errorf("reserved a port with a listener: %v", err)
		}
		if left := openFiles(t); left != files {
			t.Errorf("%d files are open, before %d", left, files)
		}
	})
}

func TestReserveOfNothing(t *testing.T) {
	for _, test := range []struct {
		families []Family
		n        int
	}{{nil, 1}, {[]Family{IPv4}, 0}, {[]Family{IPv4, "ipx"}, 1}} {
		if _, err := Reserve(test.families, test.n, 0); err == nil {
			t.Errorf("reserved %d ports in %v", test.n, test.families)
		}
	}
}
