//go:build amd64 || arm64

package probe

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// hear opens a probe, or skips the test and says what is missing.
func hear(t *testing.T, o Options) *Probe {
	t.Helper()
	p, err := Open(o)
	if errors.Is(err, ErrPermission) || errors.Is(err, errors.ErrUnsupported) {
		t.Skipf("needs CAP_BPF, CAP_PERFMON and the kernel's BTF: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

// pair is a connection over loopback, both ends closed at the test's end.
func pair(t *testing.T, l *net.TCPListener) (client, server *net.TCPConn) {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); s.Close() })
	return c.(*net.TCPConn), s
}

func listen(t *testing.T, addr string) (*net.TCPListener, netip.AddrPort) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skipf("needs %s: %v", addr, err)
	}
	t.Cleanup(func() { l.Close() })
	return l.(*net.TCPListener), l.Addr().(*net.TCPAddr).AddrPort()
}

func take(t *testing.T, p *Probe) []kernel.Signal {
	t.Helper()
	list, lost, err := p.Take()
	if err != nil || lost > 0 {
		t.Fatalf("lost %d: %v", lost, err)
	}
	return list
}

func port(addr net.Addr) netip.AddrPort { return addr.(*net.TCPAddr).AddrPort() }

// only returns the signals of a kind on a socket's addresses.
func only(list []kernel.Signal, k kernel.Kind, local netip.AddrPort) (found []kernel.Signal) {
	for _, s := range list {
		if s.Kind == k && s.Local == local {
			found = append(found, s)
		}
	}
	return found
}

func TestUnreadByteAborts(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(at, func(t *testing.T) {
			l, addr := listen(t, at)
			p := hear(t, Options{Own: true, Ports: []uint16{addr.Port()}, Calls: true})
			c, s := pair(t, l)
			if _, err := c.Write([]byte("ab")); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(s, make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
			s.Close()
			if _, err := c.Read(make([]byte, 16)); !errors.Is(err, syscall.ECONNRESET) {
				t.Fatalf("read gave %v", err)
			}
			list := take(t, p)
			sent := only(list, kernel.SendReset, addr)
			if len(sent) != 1 || sent[0].Remote != port(c.LocalAddr()) || sent[0].Answers || !sent[0].HasSeq {
				t.Fatalf("the kernel says of the RST: %+v, of all: %+v", sent, list)
			}
			if p.Offer().Reasons && sent[0].Reason != "TCP_ABORT_ON_CLOSE" {
				t.Errorf("reason %q", sent[0].Reason)
			}
			got := only(list, kernel.ErrorReport, port(c.LocalAddr()))
			if len(got) != 1 || got[0].Errno != "ECONNRESET" {
				t.Errorf("the kernel says of the client's error: %+v", got)
			}
			read := slices.IndexFunc(list, func(s kernel.Signal) bool {
				return s.Kind == kernel.Return && s.Call == "read" && s.Local == port(c.LocalAddr()) && s.Errno == "ECONNRESET"
			})
			if read < 0 || list[read].PID != syscall.Getpid() || !list[read].Start.Before(list[read].Time) {
				t.Errorf("the failed read was not heard")
			}
			if got[0].Socket == 0 || read >= 0 && got[0].Socket != list[read].Socket {
				t.Errorf("the sockets of the error and of the read differ")
			}
		})
	}
}

func TestReasons(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	p := hear(t, Options{Own: true, Ports: []uint16{addr.Port()}})
	if !p.Offer().Reasons {
		t.Skip("needs a kernel that gives the reason of an RST: 6.10 or later")
	}
	for _, c := range []struct {
		reason  string // or, where a delayed ACK decides, either of two
		answers bool
		do      func(t *testing.T) (rst netip.AddrPort)
	}{
		{"TCP_STATE", false, func(t *testing.T) netip.AddrPort {
			c, s := pair(t, l)
			s.SetLinger(0)
			s.Close()
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
				t.Fatalf("read gave %v", err)
			}
			return port(c.LocalAddr())
		}},
		{"TCP_TIMEWAIT_SOCKET or TCP_ABORT_ON_DATA", true, func(t *testing.T) netip.AddrPort {
			c, s := pair(t, l)
			s.Close()
			if _, err := c.Read(make([]byte, 1)); err != io.EOF {
				t.Fatalf("read gave %v", err)
			}
			c.Write([]byte("a"))
			if _, err := c.Read(make([]byte, 1)); err == nil {
				t.Fatal("read gave no error")
			}
			return port(c.LocalAddr())
		}},
		{"NO_SOCKET", true, func(t *testing.T) netip.AddrPort {
			l.Close()
			d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}
			if _, err := d.Dial("tcp", addr.String()); !errors.Is(err, syscall.ECONNREFUSED) {
				t.Fatalf("dial gave %v", err)
			}
			return netip.AddrPort{}
		}},
	} {
		remote := c.do(t)
		list := take(t, p)
		sent := only(list, kernel.SendReset, addr)
		if len(sent) != 1 || !slices.Contains(strings.Split(c.reason, " or "), sent[0].Reason) || sent[0].Answers != c.answers || remote.IsValid() && sent[0].Remote != remote {
			t.Errorf("%s: the kernel says %+v", c.reason, sent)
		}
	}
}

// TestLeavesOut: what another port, and another process, does is not told of.
func TestLeavesOut(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	other, away := listen(t, "127.0.0.1:0")
	byPort := hear(t, Options{Own: true, Ports: []uint16{addr.Port()}})
	byProcess := hear(t, Options{Own: true, Processes: []int{1}, Calls: true})
	own := hear(t, Options{Own: true, Processes: []int{syscall.Getpid()}, Calls: true})
	pair(t, l)
	pair(t, other)
	for _, s := range take(t, byPort) {
		if s.Local.Port() == away.Port() || s.Remote.Port() == away.Port() {
			t.Errorf("of port %d: %+v", away.Port(), s)
		}
	}
	about := func(list []kernel.Signal, k kernel.Kind) bool {
		return slices.ContainsFunc(list, func(s kernel.Signal) bool { return s.Kind == k && s.Remote == away })
	}
	if list := take(t, byProcess); about(list, kernel.SetState) || about(list, kernel.Return) {
		t.Errorf("of another process: %+v", list)
	}
	if list := take(t, own); !about(list, kernel.SetState) || !about(list, kernel.Return) {
		t.Errorf("the own connection is missing: %+v", list)
	}
}

// TestForkIsFollowed: the children of a process that is followed are too.
func TestForkIsFollowed(t *testing.T) {
	p := hear(t, Options{Processes: []int{syscall.Getpid()}})
	child, err := os.StartProcess("/proc/self/exe", []string{"probe.test", "-test.run=^$"}, &os.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	list := take(t, p)
	of := func(k kernel.Kind) int {
		return slices.IndexFunc(list, func(s kernel.Signal) bool { return s.Kind == k && s.PID == child.Pid })
	}
	if from, to := of(kernel.Fork), of(kernel.Exit); from < 0 || to < from || list[from].Parent != syscall.Getpid() {
		t.Errorf("of child %d: %+v", child.Pid, list)
	}
}

func TestTakeAfterClose(t *testing.T) {
	p := hear(t, Options{Ports: []uint16{1}})
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if list, _, err := p.Take(); err == nil {
		t.Errorf("a closed probe gave %+v and no error", list)
	}
}
