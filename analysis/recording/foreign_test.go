package recording_test

import (
	"bytes"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestForeign: a file without a run's entry is one unnamed run, which has what
// the file says of its interface.
func TestForeign(t *testing.T) {
	r := fromText(t, 1, "a", resetOnRead, scenario.IPv4)
	var b bytes.Buffer
	w, err := file.NewWriter(&b, file.Header{Interface: "eth7", Link: capture.LinkEthernet})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range r.Evidence.Segments {
		if err := w.Packet(s.Time, s.Frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Stats(time.Time{}, time.Unix(9, 0), capture.Stats{Delivered: 6, Dropped: 5}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	runs := read(t, b.Bytes())
	if len(runs) != 1 {
		t.Fatalf("%d runs", len(runs))
	}
	got := runs[0]
	if got.Scenario != "" || got.Number != 1 || got.Evidence.Model.Name != "linux" || len(got.Evidence.Events) != 0 {
		t.Errorf("run %+v", got)
	}
	if want := (capture.Stats{Delivered: 6, Dropped: 5}); got.Capture.Stats != want || got.Capture.Interface != "eth7" {
		t.Errorf("capture %+v", got.Capture)
	}
	if len(got.Evidence.Losses) != 1 || got.Evidence.Losses[0].Frames != 5 {
		t.Errorf("losses %+v", got.Evidence.Losses)
	}
}

// TestMappedAddresses: a recorder may write the address of a socket that is for
// both families as such a socket tells it.
func TestMappedAddresses(t *testing.T) {
	r := fromText(t, 1, "a", resetOnRead, scenario.IPv4)
	want := r.Explanation
	for i := range r.Evidence.Events {
		for _, a := range []*netip.AddrPort{&r.Evidence.Events[i].Local, &r.Evidence.Events[i].Remote} {
			if a.IsValid() {
				*a = netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
			}
		}
	}
	b := write(t, r)
	if !bytes.Contains(b, []byte("[::ffff:")) {
		t.Fatal("no such address in it")
	}
	if d := cmp.Diff(want, read(t, b)[0].Explanation, same()); d != "" {
		t.Errorf("(-as it was +mapped)\n%s", d)
	}
}

// TestForeignFiles reads captures of other programs, where they are.
func TestForeignFiles(t *testing.T) {
	const folder = "../../../shared/pcaps"
	paths, err := filepath.Glob(folder + "/*/*.pcap*")
	if err != nil || len(paths) == 0 {
		t.Skip("needs the captures in " + folder)
	}
	segments := 0
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := recording.Read(bytes.NewReader(b), analysis.Linux())
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
		if len(runs) > 1 || len(runs) == 1 && (runs[0].Scenario != "" || len(runs[0].Evidence.Events) != 0) {
			t.Errorf("%s: %d runs", filepath.Base(path), len(runs))
		}
		for _, r := range runs {
			segments += len(r.Evidence.Segments)
			if len(r.Notes) != len(r.Evidence.Segments) {
				t.Errorf("%s: %d notes on %d segments", filepath.Base(path), len(r.Notes), len(r.Evidence.Segments))
			}
		}
	}
	if segments == 0 {
		t.Errorf("not one segment in %d files", len(paths))
	}
	t.Logf("%d files, %d segments", len(paths), segments)
}
