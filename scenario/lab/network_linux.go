package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// addRoute puts the route into the local table, which is asked first
// (ip-rule(8)). There a longer prefix wins over 127.0.0.0/8.
func addRoute(dst netip.Prefix, kind RouteKind) (remove func() error, err error) {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return nil, fmt.Errorf("find lo: %w", err)
	}
	if err := notOwn(lo, dst); err != nil {
		return nil, err
	}
	route := &netlink.Route{Dst: ipNet(dst), Table: unix.RT_TABLE_LOCAL, Type: routeType(kind)}
	if kind == RouteLocal {
		route.LinkIndex, route.Scope = lo.Attrs().Index, netlink.SCOPE_HOST
		// Otherwise a dial would come from the very address that it is to.
		route.Src = net.IPv6loopback
		if dst.Addr().Is4() {
			route.Src = net.IPv4(127, 0, 0, 1)
		}
	}
	if err := netlink.RouteAdd(route); err != nil {
		return nil, err
	}
	return func() error {
		if err := netlink.RouteDel(route); !errors.Is(err, unix.ESRCH) { // gone with lo
			return err
		}
		return nil
	}, nil
}

// notOwn refuses to route one of lo's addresses away. With IPv6 the kernel
// would take the route and never use it.
func notOwn(lo netlink.Link, dst netip.Prefix) error {
	own, err := netlink.AddrList(lo, netlink.FAMILY_ALL)
	if err != nil {
		return fmt.Errorf("list lo's addresses: %w", err)
	}
	for _, a := range own {
		if dst.IsSingleIP() && a.IP.Equal(dst.Addr().AsSlice()) {
			return fmt.Errorf("lo has this address: %w", unix.EEXIST)
		}
	}
	return nil
}

func routeType(kind RouteKind) int {
	switch kind {
	case RouteBlackhole:
		return unix.RTN_BLACKHOLE
	case RouteUnreachable:
		return unix.RTN_UNREACHABLE
	case RouteProhibit:
		return unix.RTN_PROHIBIT
	}
	return unix.RTN_LOCAL
}

func addAddr(p netip.Prefix) (remove func() error, err error) {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return nil, fmt.Errorf("find lo: %w", err)
	}
	// Listen for new routes first, so that none is missed.
	news, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_IPV4_ROUTE, unix.RTNLGRP_IPV6_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("watch routes: %w", err)
	}
	defer news.Close()
	addr := &netlink.Addr{IPNet: ipNet(p)}
	if p.Addr().Is6() {
		addr.Flags = unix.IFA_F_NODAD // nobody else can have it
	}
	if err := netlink.AddrAdd(lo, addr); err != nil {
		return nil, err
	}
	remove = func() error {
		if err := netlink.AddrDel(lo, addr); !errors.Is(err, unix.EADDRNOTAVAIL) { // gone with lo
			return err
		}
		return nil
	}
	if err := awaitLocal(news, addr.IP, time.Now().Add(2*time.Second)); err != nil {
		return nil, errors.Join(err, remove())
	}
	return remove, nil
}

// awaitLocal waits until the address has its route. With IPv6 a worker adds
// it, after the call that gave the address (addrconf_dad_work).
func awaitLocal(news *nl.NetlinkSocket, address net.IP, deadline time.Time) error {
	for {
		routes, err := netlink.RouteGet(address)
		if err == nil && len(routes) == 1 && routes[0].Type == unix.RTN_LOCAL {
			return nil
		}
		left := time.Until(deadline)
		if left <= 0 {
			return fmt.Errorf("wait for its route: %w", errors.Join(os.ErrDeadlineExceeded, err))
		}
		timeout := unix.NsecToTimeval(max(left, time.Millisecond).Nanoseconds())
		if err := news.SetReceiveTimeout(&timeout); err != nil {
			return fmt.Errorf("wait for its route: %w", err)
		}
		if _, _, err := news.Receive(); err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("wait for its route: %w", err)
		}
	}
}

func lowerLoopback() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetDown(lo)
}

func ipNet(p netip.Prefix) *net.IPNet {
	return &net.IPNet{IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen())}
}
