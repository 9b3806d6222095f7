package main

import (
	"bytes"
	"encoding/gob"
	"errors"
	"io"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// fullRun has something in every field.
func fullRun() *analysis.Run {
	at := time.Unix(1700000000, 123456789)
	a, b := netip.MustParseAddrPort("127.0.0.1:80"), netip.MustParseAddrPort("[::1]:81")
	e := analysis.Evidence{
		Model: analysis.Linux(),
		Events: []scenario.Event{{ID: 1, Conn: 2, Role: scenario.Client, Op: scenario.OpRead, Local: a, Remote: b, Start: at,
			End: at.Add(time.Microsecond), Deadline: at.Add(1), Asked: 16, N: 3, Fault: scenario.ECONNRESET, Err: "read: \x00"}},
		Segments: []capture.Segment{{ID: 1, Time: at, Src: b, Dst: a, Flags: capture.RST, Seq: 1<<32 - 1,
			ICMP: capture.ICMP{From: a.Addr(), To: b.Addr(), Type: 3}, Frame: capture.Frame{Link: 1, Data: []byte{1, 2}, Wire: 3}}},
		Losses: []analysis.Loss{{From: at, To: at.Add(5), Frames: 7}},
	}
	x := analysis.Explain(e)
	x.Prove([]*analysis.Proof{{Necessary: analysis.Proven, Sufficient: analysis.NotTestable, Without: &analysis.Run{Evidence: e, Explanation: analysis.Explain(e)}}})
	return &analysis.Run{Number: 4, Scenario: "forged-reset", Summary: "s", Story: "t", Family: scenario.IPv6, Sandboxed: true,
		Platform: analysis.Platform{OS: "linux", Release: "6.18"},
		Capture:  analysis.Capture{Interface: "lo", Backend: "libpcap", Stats: capture.Stats{Delivered: 1, Dropped: 7}},
		Evidence: e, Explanation: x, Differs: "d", Trouble: "t"}
}

// What is told is understood, whole, message by message.
func TestTell(t *testing.T) {
	runs := []*analysis.Run{fullRun(), {Trouble: "nothing was begun", Evidence: analysis.Evidence{Model: analysis.Darwin()}}}
	var pipe bytes.Buffer
	for _, r := range append([]*analysis.Run{nil}, runs...) {
		if err := tell(&pipe, r); err != nil {
			t.Fatal(err)
		}
	}
	if first, err := hear(&pipe); err != nil || len(first) != 0 {
		t.Fatalf("first %v, %v", first, err)
	}
	for _, want := range runs {
		message, err := hear(&pipe)
		if err != nil {
			t.Fatal(err)
		}
		got, err := understand(message)
		if err != nil {
			t.Fatal(err)
		}
		model := cmp.Comparer(func(a, b *analysis.Model) bool {
			_, rows, _ := a.Rules()
			_, also, _ := b.Rules()
			return a.Name == b.Name && len(rows) == len(also)
		})
		address := cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })
		host := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
		if d := cmp.Diff(want, got, model, address, host, cmpopts.EquateEmpty()); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(analysis.Explain(want.Evidence), analysis.Explain(got.Evidence), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("explained anew: %s", d)
		}
	}
	if _, err := hear(&pipe); err != io.EOF {
		t.Errorf("after the last: %v", err)
	}
}

// What is cut off, or was never told, is an error.
func TestMishear(t *testing.T) {
	var pipe bytes.Buffer
	if err := tell(&pipe, fullRun()); err != nil {
		t.Fatal(err)
	}
	whole := pipe.Bytes()
	for _, n := range []int{1, 4, len(whole) - 1} {
		if _, err := hear(bytes.NewReader(whole[:n])); !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
	if _, err := hear(bytes.NewReader([]byte("rstwatch: no"))); err == nil {
		t.Error("text was taken for a message")
	}
	if _, err := understand(whole[4 : len(whole)-1]); err == nil {
		t.Error("half a message was understood")
	}
	for _, model := range []*analysis.Model{nil, {Name: "beos"}} {
		var b bytes.Buffer
		if err := gob.NewEncoder(&b).Encode(&analysis.Run{Scenario: "x", Evidence: analysis.Evidence{Model: model}}); err != nil {
			t.Fatal(err)
		}
		if r, err := understand(b.Bytes()); err == nil {
			t.Errorf("understood as %+v", r)
		}
	}
}
