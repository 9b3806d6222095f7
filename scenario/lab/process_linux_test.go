package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// held makes a connection whose server end a process alone holds.
func held(t *testing.T, at netip.Addr) (client *end, p *Proc) {
	t.Helper()
	client, server := connect(t, at)
	p, err := Process("server")
	must(t, err)
	t.Cleanup(func() { must(t, p.Kill()) })
	must(t, p.Give(server.raw))
	must(t, server.Close())
	// It is open: what the client sends is acknowledged.
	client.send("a")
	until(t, "the acknowledgement", func() bool { n := client.numbers(); return n.SndUna == n.SndNxt })
	return client, p
}

// The kernel closes a killed process's sockets: with data unread by a reset
// (RFC 2525 §2.17).
func TestProcessKilledUnread(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, p := held(t, at)
		must(t, p.Kill())
		must(t, p.Kill())
		client.fails(syscall.ECONNRESET)
	})
}

func TestProcessKilledClean(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		client, server := connect(t, at)
		p, err := Process("server")
		must(t, err)
		must(t, p.Give(server.raw))
		must(t, server.Close())
		must(t, p.Kill())
		client.fails(io.EOF)
	})
}

// One process holds many; what it was not given alone stays open.
func TestProcessHoldsMany(t *testing.T) {
	onBoth(t, func(t *testing.T, at netip.Addr) {
		p, err := Process("server")
		must(t, err)
		var clients, servers []*end
		for range 20 {
			client, server := connect(t, at)
			must(t, p.Give(server.raw))
			clients, servers = append(clients, client), append(servers, server)
		}
		for _, s := range servers[1:] {
			must(t, s.Close())
		}
		must(t, p.Kill())
		for _, c := range clients[1:] {
			c.fails(io.EOF)
		}
		servers[0].send("a")
		clients[0].gets("a")
		if err := p.Give(servers[0].raw); err == nil {
			t.Error("a dead process was given a socket")
		}
	})
}

// playParent starts a process as Process does, says its id, and waits to be
// killed.
func playParent() int {
	var p peer
	if err := p.start("orphan"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Println(p.cmd.Process.Pid)
	<-p.ended // which never comes: the signal that ends the parent does
	return 0
}

func TestProcessDiesWithParent(t *testing.T) {
	needSandbox(t)
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), role+"=parent")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	must(t, out.(*os.File).SetReadDeadline(time.Now().Add(patient)))
	var pid int
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, err)
	if _, err := fmt.Sscan(line, &pid); err != nil {
		t.Fatal(err)
	}
	pidfd, err := unix.PidfdOpen(pid, 0)
	must(t, err)
	defer unix.Close(pidfd)
	must(t, cmd.Process.Kill())
	fds := []unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}
	for {
		n, err := unix.Poll(fds, int(patient.Milliseconds()))
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if n != 1 {
			t.Errorf("the process lives on: %v", err)
		}
		return
	}
}

// tryOutside is run by a process that is no sandbox's own child, although it
// inherited the environment of one: nothing may be done.
func tryOutside() int {
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	prefix := netip.MustParsePrefix("192.0.2.1/32")
	code := 0
	for name, err := range map[string]error{
		"Drop":        second(Drop(Match{})),
		"RejectReset": second(RejectReset(Match{})),
		"RejectICMP":  second(RejectICMP(Match{}, ICMPv4Unreachable, 1)),
		"Forge":       Forge(Forged{From: a, To: b}),
		"ForgeICMP":   ForgeICMP(ICMPError{From: a.Addr(), Type: ICMPv4TimeExceeded, Quoted: Forged{From: a, To: b}}),
		"Sequence":    second(Sequence(nil)),
		"Vanish":      Vanish(nil),
		"Destroy":     Destroy(a, b),
		"Sysctl":      second(Sysctl("net.ipv4.tcp_retries2", "15")),
		"Route":       second(Route(prefix, RouteBlackhole)),
		"Addr":        second(Addr(prefix)),
		"LinkDown":    second(LinkDown()),
		"Process":     second(Process("x")),
	} {
		if !errors.Is(err, ErrNotInside) {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			code = 1
		}
	}
	return code
}

func TestNotInside(t *testing.T) {
	needSandbox(t) // so that even a function that forgets to ask hurts nobody
	cmd := exec.Command("/proc/self/exe")
	cmd.Env = append(os.Environ(), role+"=outside")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
