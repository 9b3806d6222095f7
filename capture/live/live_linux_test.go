package live

import (
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/vishvananda/netlink"

	"github.com/rstwatch/rstwatch/capture"
)

// withoutRightVar is set in a child that has no right to its network namespace.
const withoutRightVar = "RSTWATCH_TEST_WITHOUT_RIGHT"

// TestStampsAreNanoseconds: stamps that were cut to microseconds would all end
// in three zeros.
func TestStampsAreNanoseconds(t *testing.T) {
	l, server := listen(t, "127.0.0.1")
	c := follow(open(t, Options{Ports: []uint16{server.Port()}}))
	echo(t, l, "hello")
	finer := 0
	segments := c.until(t, lastACK())
	for _, s := range segments {
		if s.Time.Nanosecond()%1000 != 0 {
			finer++
		}
	}
	if finer == 0 {
		t.Errorf("the stamps of all %d segments are whole microseconds", len(segments))
	}
}

func TestInterfaceGoesDown(t *testing.T) {
	needNamespace(t)
	l, server := listen(t, "127.0.0.1")
	h := open(t, Options{Ports: []uint16{server.Port()}})
	c := follow(h)
	echo(t, l, "x")
	c.until(t, lastACK())
	t.Cleanup(func() {
		if err := loopbackUp(); err != nil {
			t.Fatal(err)
		}
	})
	if err := setLoopback(netlink.LinkSetDown); err != nil {
		t.Fatal(err)
	}
	if err := c.end(t); !errors.Is(err, ErrGone) {
		t.Errorf("Read: %v, want ErrGone", err)
	}
	if _, _, err := h.Read(); !errors.Is(err, ErrGone) {
		t.Errorf("Read once more: %v, want ErrGone", err)
	}
	if s, err := h.Stats(); err != nil || s.Delivered < 7 {
		t.Errorf("Stats = %+v, %v", s, err)
	}
	if _, err := Open(Options{Ports: []uint16{1}}); !errors.Is(err, ErrGone) {
		t.Errorf("Open of an interface that is down: %v, want ErrGone", err)
	}
	if name, err := Loopback(); !errors.Is(err, ErrGone) {
		t.Errorf("Loopback = %q, %v, want ErrGone", name, err)
	}
}

func TestOpenUnknownInterface(t *testing.T) {
	h, err := Open(Options{Interface: "nonesuch0", Ports: []uint16{1}})
	if !errors.Is(err, ErrInterface) || !strings.Contains(err.Error(), "lo") {
		t.Errorf("Open = %v, %v, want ErrInterface and the names that exist", h, err)
	}
}

func TestOpenNotLoopback(t *testing.T) {
	needNamespace(t)
	veth := &netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: "veth0"}, PeerName: "veth1"}
	if err := netlink.LinkAdd(veth); err != nil {
		t.Skipf("needs veth interfaces: %v", err)
	}
	t.Cleanup(func() {
		if err := netlink.LinkDel(veth); err != nil {
			t.Error(err)
		}
	})
	if h, err := Open(Options{Interface: "veth0", Ports: []uint16{1}}); !errors.Is(err, ErrNotLoopback) {
		t.Errorf("Open = %v, %v, want ErrNotLoopback", h, err)
	}
}

func TestOpenLoopbackByName(t *testing.T) {
	name, err := Loopback()
	if err != nil || name != "lo" {
		t.Fatalf("Loopback = %q, %v", name, err)
	}
	h := open(t, Options{Interface: name, Ports: []uint16{1}})
	if h.Interface() != "lo" || h.dev.linkType() != capture.LinkEthernet {
		t.Errorf("opened %s, link type %d", h.Interface(), h.dev.linkType())
	}
	if Version() == "" || Backend == "" {
		t.Errorf("backend %q, version %q", Backend, Version())
	}
	t.Log(Backend, Version())
}

// TestOpenWithoutRight runs itself in a user namespace that does not own the
// network namespace: whatever capabilities it has there, none is for capturing.
func TestOpenWithoutRight(t *testing.T) {
	if os.Getenv(withoutRightVar) != "" {
		if h, err := Open(Options{Ports: []uint16{1}}); !errors.Is(err, ErrPermission) {
			t.Errorf("Open = %v, %v, want ErrPermission", h, err)
		}
		return
	}
	needNamespace(t)
	cmd, err := again("-test.run=^TestOpenWithoutRight$", "-test.v")
	if err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(cmd.Environ(), withoutRightVar+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}},
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestOpenWithoutRight") {
		t.Errorf("in a child without rights: %v\n%s", err, out)
	}
}
