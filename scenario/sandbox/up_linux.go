package sandbox

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Up brings this sandbox's loopback interface up and waits, at most two
// seconds, until 127.0.0.1 and, where the kernel has IPv6, ::1 can be bound.
// Outside a sandbox it refuses, so as to leave the host's loopback alone. The
// error is [ErrStripped] where the sandbox has no right to its own network.
func Up() error {
	if !Inside() {
		return errors.New("sandbox: bring lo up: this process is not in a sandbox")
	}
	deadline := time.Now().Add(2 * time.Second)
	// Listen for new addresses first, so that none is missed.
	news, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_IPV4_IFADDR, unix.RTNLGRP_IPV6_IFADDR)
	if err != nil {
		return fmt.Errorf("sandbox: watch lo's addresses: %w", err)
	}
	defer news.Close()
	if err := raiseLoopback(); err != nil {
		if errors.Is(err, unix.EPERM) {
			return stripped("bring lo up", err)
		}
		return fmt.Errorf("sandbox: bring lo up: %w", err)
	}
	for _, address := range loopbacks() {
		if err := awaitAddress(news, address, deadline); err != nil {
			return err
		}
	}
	return nil
}

func raiseLoopback() error {
	lo, err := netlink.LinkByName("lo")
	if err != nil {
		return err
	}
	return netlink.LinkSetUp(lo)
}

// stripped says what was refused, and the setting that may be why.
func stripped(doing string, err error) error {
	return fmt.Errorf("sandbox: %s: %w: %w%s", doing, ErrStripped, err, advice(readSysctl))
}

// loopbacks lists the addresses that lo gets by itself when it comes up.
func loopbacks() []string {
	all := []string{"127.0.0.1"}
	off, err := os.ReadFile("/proc/sys/net/ipv6/conf/lo/disable_ipv6")
	if err == nil && strings.TrimSpace(string(off)) == "0" {
		all = append(all, "::1")
	}
	return all
}

// awaitAddress waits until the address can be bound. In practice that is at
// once: the kernel adds both while it brings lo up (addrconf.c, init_loopback).
func awaitAddress(news *nl.NetlinkSocket, address string, deadline time.Time) error {
	for {
		l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
		if err == nil {
			return l.Close()
		}
		left := time.Until(deadline)
		if !errors.Is(err, unix.EADDRNOTAVAIL) || left <= 0 {
			return fmt.Errorf("sandbox: wait for lo: %w", err)
		}
		timeout := unix.NsecToTimeval(max(left, time.Millisecond).Nanoseconds())
		if err := news.SetReceiveTimeout(&timeout); err != nil {
			return fmt.Errorf("sandbox: wait for lo: %w", err)
		}
		if _, _, err := news.Receive(); err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return fmt.Errorf("sandbox: wait for lo: %w", err)
		}
	}
}
