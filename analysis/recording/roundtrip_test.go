package recording_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// same compares runs but for what a file does not hold: the story, which
// belongs to the program; what the calls were expected to be; and when in a run
// frames were lost.
func same() cmp.Options {
	return cmp.Options{
		cmpopts.IgnoreFields(analysis.Run{}, "Story"),
		cmpopts.IgnoreFields(analysis.Loss{}, "From", "To"),
		cmp.Comparer(func(a, b *analysis.Model) bool { return a.Name == b.Name }),
		cmpopts.EquateComparable(scenario.Event{}.Local, scenario.Event{}.Local.Addr()),
		cmpopts.EquateEmpty(),
	}
}

func TestRoundTripOfText(t *testing.T) {
	var runs []*analysis.Run
	for i, f := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
		runs = append(runs, fromText(t, i+1, "reset-on-read", resetOnRead, f))
	}
	lossy := fromText(t, 3, "lossy", resetOnRead, scenario.IPv4)
	lossy.Capture.Stats.Dropped = 4
	lossy.Evidence.Losses = []analysis.Loss{{From: lossy.Evidence.Segments[0].Time, To: time.Now(), Frames: 4}}
	lossy.Explanation = analysis.Explain(lossy.Evidence)
	cut := fromText(t, 7, "cut", resetOnRead, scenario.IPv4)
	cut.Replayed, cut.Witness = true, "ptrace"
	cut.Trouble, cut.Differs = "interrupted in client read", "client read: EOF, not ECONNRESET"
	runs = append(runs, lossy,
		fromText(t, 4, "never-returned", "client dial\nserver accept\nclient read 16 ...\nclient  set-linger -1", scenario.IPv4),
		fromText(t, 5, "deadline", "client dial\nserver accept\nclient read 16 deadline 0.003 = DEADLINE", scenario.IPv6),
		fromText(t, 6, "darwin", "model darwin\n"+resetOnRead, scenario.IPv4), cut,
		fromText(t, 8, "state", "client dial\nserver accept\nclient read 16 = EAGAIN state ESTABLISHED by 0.9", scenario.IPv4))
	if d := cmp.Diff(runs, read(t, write(t, runs...)), same()); d != "" {
		t.Errorf("(-written +read)\n%s", d)
	}
	if got := read(t, write(t, lossy))[0].Outcome; got != analysis.Inconclusive {
		t.Errorf("a run that lost frames reads %s", got)
	}
}

func TestRoundTripOfLiveRuns(t *testing.T) {
	runs := liveRuns(t)
	if d := cmp.Diff(runs, read(t, write(t, runs...)), same()); d != "" {
		t.Errorf("(-written +read)\n%s", d)
	}
}

// TestRoundTripAgain: what was read is written to the same octets.
func TestRoundTripAgain(t *testing.T) {
	first := write(t, fromText(t, 1, "reset-on-read", resetOnRead, scenario.IPv4), fromText(t, 2, "b", resetOnRead, scenario.IPv6))
	if again := write(t, read(t, first)...); !bytes.Equal(first, again) {
		t.Errorf("%d octets became %d others", len(first), len(again))
	}
}

// TestPlain: the classic form has every frame and nothing else.
func TestPlain(t *testing.T) {
	runs := []*analysis.Run{fromText(t, 1, "a", resetOnRead, scenario.IPv4), fromText(t, 2, "b", resetOnRead, scenario.IPv6)}
	var b bytes.Buffer
	w := recording.NewPlain(&b)
	var want []file.Record
	for _, r := range runs {
		if err := w.Add(r); err != nil {
			t.Fatal(err)
		}
		for i := range r.Evidence.Segments {
			want = append(want, file.Record{Time: r.Evidence.Segments[i].Time, Frame: &r.Evidence.Segments[i].Frame})
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := file.NewReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var got []file.Record
	for {
		rec, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rec)
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreFields(file.Record{}, "Offset")); d != "" {
		t.Errorf("(-written +read)\n%s", d)
	}
	back := read(t, b.Bytes())
	if len(back) != 1 || back[0].Scenario != "" || len(back[0].Evidence.Events) != 0 || len(back[0].Evidence.Segments) != len(want) {
		t.Errorf("it reads %+v", back)
	}
}

// TestNothingToWrite: a recording without a run, or of a run that came to
// nothing, is a file that can be read.
func TestNothingToWrite(t *testing.T) {
	empty := &analysis.Run{Number: 1, Evidence: analysis.Evidence{Model: analysis.Linux()}}
	for name, runs := range map[string][]*analysis.Run{"no run": nil, "an empty run": {empty}} {
		for _, plain := range []bool{false, true} {
			var b bytes.Buffer
			w := recording.New(&b, "")
			if plain {
				w = recording.NewPlain(&b)
			}
			for _, r := range runs {
				if err := w.Add(r); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Errorf("%s, plain %v: %v", name, plain, err)
			}
			if got := read(t, b.Bytes()); len(got) != 0 {
				t.Errorf("%s, plain %v: it reads %d runs", name, plain, len(got))
			}
		}
	}
	// An empty run in front does not spoil those behind it.
	whole := fromText(t, 1, "whole", resetOnRead, scenario.IPv4)
	if d := cmp.Diff([]*analysis.Run{whole}, read(t, write(t, empty, whole)), same()); d != "" {
		t.Error(d)
	}
}

// TestWriterFails: an error of the underlying writer comes out.
func TestWriterFails(t *testing.T) {
	for _, w := range []*recording.Writer{recording.New(full{}, ""), recording.NewPlain(full{})} {
		err := w.Add(fromText(t, 1, "a", resetOnRead, scenario.IPv4))
		if err == nil {
			err = w.Close()
		}
		if err == nil {
			t.Error("no error")
		}
	}
	bad := fromText(t, 1, "a", resetOnRead, scenario.IPv4)
	bad.Evidence.Segments[2].Frame = capture.Frame{Link: capture.LinkEthernet, Data: make([]byte, 9), Wire: 3}
	if err := recording.New(io.Discard, "").Add(bad); err == nil {
		t.Error("a frame longer than itself was written")
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
