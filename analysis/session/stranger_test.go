package session

import (
	"io"
	"net"
	"net/netip"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// TestStrangers: others who use the story's port, before and while the server
// listens, are in neither the recording nor its counts.
func TestStrangers(t *testing.T) {
	s := open(t, Options{})
	original, _ := catalog.Find("reset-on-read")
	for _, family := range both() {
		t.Run(string(family), func(t *testing.T) {
			var known []netip.AddrPort // the strangers' own addresses
			sc := *original
			sc.Play = func(stage *scenario.Stage) {
				port := netip.AddrPortFrom(family.Loopback(), s.ports.Numbers()[0])
				if from, err := refused(t.Context(), port); err != nil {
					t.Error(err)
				} else {
					known = append(known, from)
				}
				stage.Listen()
				known = append(known, visit(t, port)) // in the queue before the client
				original.Play(stage)
				if from := visit(t, port); from.IsValid() {
					known = append(known, from)
				}
			}
			run, err := s.Perform(t.Context(), &sc, Stage{Family: family})
			if err != nil {
				t.Fatal(err)
			}
			if err := flawed(run); err != nil {
				t.Error(err)
			}
			if n := len(run.Evidence.Segments); n != 6 {
				t.Errorf("%d segments, want the story's 6", n)
			}
			for _, seg := range run.Evidence.Segments {
				for _, from := range known {
					if seg.Src == from || seg.Dst == from {
						t.Errorf("#%d %s is the stranger's at %s", seg.ID, seg.Flags, from)
					}
				}
			}
			for _, ev := range run.Evidence.Events {
				for _, from := range known {
					if ev.Local == from || ev.Remote == from {
						t.Errorf("call %d, %s %s, is with the stranger at %s", ev.ID, ev.Role, ev.Op, from)
					}
				}
			}
		})
	}
}

// visit connects to the listener, says something, and leaves. It returns the
// address that it came from. The connection waits in the listener's queue: the
// close with octets unread is the stranger's end.
func visit(t *testing.T, to netip.AddrPort) netip.AddrPort {
	t.Helper()
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(to))
	if err != nil {
		t.Error(err)
		return netip.AddrPort{}
	}
	defer c.Close()
	if _, err := io.WriteString(c, "hello"); err != nil {
		t.Error(err)
	}
	return c.LocalAddr().(*net.TCPAddr).AddrPort()
}

// TestStrangersAreCaptured: the test above would prove nothing if the strangers
// had not passed the capture's filter.
func TestStrangersAreCaptured(t *testing.T) {
	s := open(t, Options{})
	to := netip.AddrPortFrom(scenario.IPv4.Loopback(), s.ports.Numbers()[0])
	from, err := refused(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	err = s.tap.await(t.Context(), func(seg *capture.Segment) bool { return seg.Src == from && seg.Dst == to })
	if err != nil {
		t.Error(err)
	}
}
