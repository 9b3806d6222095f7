package session

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestWitness: calls on ports that nobody knew of before are explained, one run a
// connection, and calls that were not made are an error.
func TestWitness(t *testing.T) {
	needSandbox(t)
	s, err := OpenAll(t.Context(), Options{Families: both()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	two := func() ([]scenario.Event, error) {
		rec := scenario.NewRecorder()
		for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
			if err := resetOn(t, rec, address); err != nil {
				return nil, err
			}
		}
		return rec.Events(), nil
	}
	w, err := s.Witness("two", nil, two)
	if err != nil || len(w.Runs) != 2 || w.Connections != 2 {
		t.Fatalf("%+v, %v", w, err)
	}
	for i, r := range w.Runs {
		if r.Result() != analysis.Explained.String() || len(r.Verdicts) != 1 || r.Family != both()[i] {
			t.Errorf("run %d over %s: %s, verdicts %+v", i+1, r.Family, r.Result(), r.Verdicts)
		}
	}
	over6 := func(calls []scenario.Event) bool { return familyOf(calls) == scenario.IPv6 }
	w, err = s.Witness("one of two", over6, two)
	if err != nil || len(w.Runs) != 1 || w.Connections != 2 || w.Runs[0].Family != scenario.IPv6 {
		t.Errorf("%+v, %v", w, err)
	}
	never := errors.New("never")
	if w, err := s.Witness("none", nil, func() ([]scenario.Event, error) { return nil, never }); err != never || w.Runs != nil {
		t.Errorf("%+v, %v", w, err)
	}
}

// resetOn lets a server close with an octet unread; the client waits in a read.
func resetOn(t *testing.T, rec *scenario.Recorder, address string) error {
	l, err := rec.Listen(t.Context(), scenario.Server, "tcp", address)
	if err != nil {
		return err
	}
	defer l.Close()
	client, err := rec.Dialer(scenario.Client).Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		return err
	}
	if _, err := client.Write([]byte("ab")); err != nil {
		return err
	}
	if _, err := server.Read(make([]byte, 1)); err != nil {
		return err
	}
	if err := server.Close(); err != nil {
		return err
	}
	if _, err := client.Read(make([]byte, 1)); err == nil {
		return errors.New("the read did not fail")
	}
	return nil
}

// TestComplete: a dial whose source is not known gets that of the SYN which can
// only be its own.
func TestComplete(t *testing.T) {
	at := func(ms int) time.Time { return time.Unix(1e9, 0).Add(time.Duration(ms) * time.Millisecond) }
	host := func(port uint16) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), port) }
	somewhere := netip.AddrPortFrom(netip.IPv4Unspecified(), 41)
	syn := func(ms int, from uint16) capture.Segment {
		return capture.Segment{Time: at(ms), Src: host(from), Dst: host(9), Flags: capture.SYN}
	}
	dial := func(from netip.AddrPort) scenario.Event {
		return scenario.Event{Op: scenario.OpDial, Conn: 1, Local: from, Remote: host(9), Start: at(10), End: at(20)}
	}
	for _, c := range []struct {
		name   string
		events []scenario.Event
		syns   []capture.Segment
		want   netip.AddrPort
	}{
		{"one SYN", []scenario.Event{dial(netip.AddrPort{})}, []capture.Segment{syn(12, 40)}, host(40)},
		{"sent again", []scenario.Event{dial(netip.AddrPort{})}, []capture.Segment{syn(12, 40), syn(15, 40)}, host(40)},
		{"two", []scenario.Event{dial(netip.AddrPort{})}, []capture.Segment{syn(12, 40), syn(13, 41)}, netip.AddrPort{}},
		{"the port is known", []scenario.Event{dial(somewhere)}, []capture.Segment{syn(12, 40), syn(13, 41)}, host(41)},
		{"the port is another", []scenario.Event{dial(somewhere)}, []capture.Segment{syn(12, 40)}, netip.AddrPort{}},
		{"before", []scenario.Event{dial(netip.AddrPort{})}, []capture.Segment{syn(9, 40)}, netip.AddrPort{}},
		{"after", []scenario.Event{dial(netip.AddrPort{})}, []capture.Segment{syn(21, 40)}, netip.AddrPort{}},
		{"another's", []scenario.Event{dial(netip.AddrPort{}), dial(host(40))}, []capture.Segment{syn(12, 40)}, netip.AddrPort{}},
	} {
		complete(c.events, c.syns)
		if got := c.events[0].Local; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
