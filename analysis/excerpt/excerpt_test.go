package excerpt

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/redact"
)

// reasons are what a survey says of the RSTs of a capture.
func reasons(tr *survey.Tracker) (all [][]analysis.Reason) {
	for c := range tr.Connections() {
		if c.Reset != nil {
			all = append(all, c.Reset.Reasons)
		}
	}
	return all
}

// TestNotes: the segments that decided are commented on, by the numbers that
// they have in the excerpt.
func TestNotes(t *testing.T) {
	path := exchange(t)
	before, after, out := written(t, path, Options{Comment: "two of three"}, func(c survey.Connection) bool { return c.Ending != survey.Open })
	if diff := cmp.Diff(reasons(before), reasons(after)); diff != "" {
		t.Error(diff)
	}
	in, err := file.NewReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for n := 1; ; n++ {
		rec, err := in.Next()
		if err != nil {
			break
		}
		for _, c := range rec.Comments {
			got = append(got, fmt.Sprintf("%d %s", n, c))
		}
	}
	want := []string{
		"1 the server answers it with a RST",
		"3 refused by the server, after 3ms; frame 3 RST,ACK answers frame 1 SYN: NO_SOCKET, or a firewall's reject",
		"6 the server ends its stream, before the RST",
		"7 the server answers it with a RST",
		"8 reset by the server, after a FIN of the server, after 6ms; frame 8 RST answers frame 7 PSH,ACK with 6 octets: one of " +
			"NO_SOCKET, TCP_FLAGS, TCP_TIMEWAIT_SOCKET, TCP_ABORT_ON_DATA, INVALID_SYN, or a firewall's reject",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// TestSecrets: nothing of what a capture says in words, of its payload, of its
// addresses comes through.
func TestSecrets(t *testing.T) {
	path := exchange(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, after, plain := written(t, path, Options{}, every)
	_, _, out := written(t, path, Options{Redact: redact.New(), Application: "rstwatch", Comment: "all"}, every)
	_, _, classic := written(t, path, Options{Redact: redact.New(), Classic: true}, every)
	secrets := [][]byte{[]byte("SECRET"), client.AsSlice(), server.AsSlice(), router.AsSlice()}
	for i, s := range secrets {
		switch {
		case !bytes.Contains(whole, s) || !bytes.Contains(plain, s):
			t.Errorf("secret %d is not in the capture", i)
		case bytes.Contains(out, s), bytes.Contains(classic, s):
			t.Errorf("% x is left", s)
		}
	}
	if after.Summary().ICMP != 1 {
		t.Errorf("%d ICMP errors", after.Summary().ICMP)
	}
}

// TestInterfaces: each keeps its name, its snap length and its filter; a classic
// file takes one link type.
func TestInterfaces(t *testing.T) {
	var b bytes.Buffer
	w := New(&b, Options{})
	packets := []struct {
		in   file.InterfaceStats
		size int
		snap int // as it comes back
	}{
		{file.InterfaceStats{Name: "eth0", Link: capture.LinkRaw, SnapLen: 96, Filter: "tcp"}, 40, 96},
		{file.InterfaceStats{Name: "eth1", Link: capture.LinkRaw}, 40, maxSnap},
		{file.InterfaceStats{Name: "any", Link: capture.LinkCooked, SnapLen: 96}, 56, 96},
		{file.InterfaceStats{Name: "eth0", Link: capture.LinkRaw, SnapLen: 96, Filter: "tcp"}, 90, 96},
		{file.InterfaceStats{Name: "eth0", Link: capture.LinkRaw, SnapLen: 96, Filter: "tcp"}, 97, maxSnap},
		{file.InterfaceStats{Name: "eth0", Link: capture.LinkRaw, SnapLen: 96, Filter: "tcp"}, maxSnap + 1, maxSnap},
	}
	for i, p := range packets {
		if err := w.Frame(&p.in, &file.Packet{Link: p.in.Link, Nanos: int64(i), Data: make([]byte, p.size), Wire: 1 << 20}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil || w.Frames() != uint32(len(packets)) {
		t.Fatal(w.Frames(), err)
	}
	in, err := file.NewScanner(&b)
	if err != nil {
		t.Fatal(err)
	}
	var got file.Packet
	for i, p := range packets {
		if err := in.Next(&got); err != nil {
			t.Fatal(err)
		}
		want := p.in
		want.SnapLen = p.snap
		if s := *in.Interface(&got); s != want || got.Nanos != int64(i) || len(got.Data) != min(p.size, maxSnap) || got.Wire != 1<<20 {
			t.Errorf("packet %d: %d octets of %d on %+v", i, len(got.Data), got.Wire, s)
		}
	}
	if n := len(in.Stats()); n != 4 {
		t.Errorf("%d interfaces, want 4", n)
	}
	classic := New(&b, Options{Classic: true})
	for i, p := range packets[:3] {
		err := classic.Frame(&p.in, &file.Packet{Link: p.in.Link, Data: make([]byte, p.size), Wire: p.size})
		if wrong := (*LinkError)(nil); errors.As(err, &wrong) != (i == 2) || i == 2 && *wrong != (LinkError{capture.LinkRaw, capture.LinkCooked}) {
			t.Errorf("packet %d: %v", i, err)
		}
	}
}

// TestNothing: an excerpt of no connection is a capture.
func TestNothing(t *testing.T) {
	for _, o := range []Options{{Comment: "none"}, {Classic: true}} {
		if _, after, _ := written(t, exchange(t), o, func(survey.Connection) bool { return false }); after.Summary().Segments.Total != 0 {
			t.Errorf("%+v: %+v", o, after.Summary())
		}
	}
}
