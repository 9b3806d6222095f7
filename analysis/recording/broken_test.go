package recording_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// short is the shortest run that ends with an error.
const short = "client dial\nserver accept\nserver close\nserver > client FIN,ACK\nclient read 1 = EOF"

// TestCutOff cuts a recording of two runs at every octet, as a writer does that
// is killed.
func TestCutOff(t *testing.T) {
	first := fromText(t, 1, "first", short, scenario.IPv4)
	whole := write(t, first, fromText(t, 2, "second", short, scenario.IPv4))
	ends := blockEnds(t, whole)
	for n := range len(whole) {
		runs, err := recording.Read(bytes.NewReader(whole[:n]), analysis.Linux())
		if n == 0 || !ends[n] {
			var broken *file.FormatError
			if !errors.As(err, &broken) || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Fatalf("cut at octet %d: %v", n, err)
			}
			if k := len(runs); k > 0 && runs[k-1].Trouble == "" {
				t.Errorf("cut at octet %d: the last run does not say so", n)
			}
		} else if err != nil {
			t.Errorf("cut between two blocks, at octet %d: %v", n, err)
		}
		if len(runs) > 1 && len(runs[0].Calls) != len(first.Calls) {
			t.Fatalf("cut at octet %d: %d calls in the run before", n, len(runs[0].Calls))
		}
		if len(runs) > 1 && ends[n] {
			if d := cmp.Diff(first, runs[0], same()); d != "" {
				t.Fatalf("cut at octet %d: the run before (-written +read)\n%s", n, d)
			}
		}
	}
}

// TestCutOffIsNotUnexplained: a call stands behind all that happened before it
// returned, so no cut makes the rest contradict the model.
func TestCutOffIsNotUnexplained(t *testing.T) {
	whole := write(t, fromText(t, 1, "a", resetOnRead, scenario.IPv4))
	for n := range blockEnds(t, whole) {
		for _, r := range read(t, whole[:n]) {
			for _, v := range r.Verdicts {
				if v.Outcome != analysis.Explained {
					t.Errorf("cut at octet %d: call %d is %s: %s", n, v.Event, v.Outcome, v.Because)
				}
			}
		}
	}
}

// blockEnds are the offsets at which a block ends.
func blockEnds(t *testing.T, b []byte) map[int]bool {
	t.Helper()
	ends, at := make(map[int]bool), 0
	for at < len(b) {
		at += int(b[at+4]) | int(b[at+5])<<8 | int(b[at+6])<<16
		ends[at] = true
	}
	return ends
}

// call is a journal entry of a call, to be changed.
func call(id int) []file.Field {
	return []file.Field{
		{Name: file.RealtimeTimestamp, Value: "1000000"}, {Name: "RSTWATCH_KIND", Value: "call"},
		{Name: "RSTWATCH_ID", Value: strconv.Itoa(id)}, {Name: "RSTWATCH_CONN", Value: "1"},
		{Name: "RSTWATCH_ROLE", Value: "client"}, {Name: "RSTWATCH_OP", Value: "read"},
		{Name: "RSTWATCH_START", Value: "1000000000"}, {Name: "RSTWATCH_END", Value: "1000001000"},
	}
}

// entries is a file of these journal entries.
func entries(tb testing.TB, list ...[]file.Field) []byte {
	tb.Helper()
	var b bytes.Buffer
	w, err := file.NewWriter(&b, file.Header{Link: capture.LinkEthernet})
	if err != nil {
		tb.Fatal(err)
	}
	for _, fields := range list {
		if err := w.Journal(fields); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// TestBadFields: what makes no sense is an error that says which field, and
// where.
func TestBadFields(t *testing.T) {
	run := []file.Field{{Name: file.RealtimeTimestamp, Value: "1000000"}, {Name: "RSTWATCH_KIND", Value: "run"}}
	for _, c := range []struct {
		entry       []file.Field
		name, value string
	}{
		{call(2), "RSTWATCH_ID", "two"}, {call(2), "RSTWATCH_ID", "0"}, {call(2), "RSTWATCH_ID", "-1"},
		{call(2), "RSTWATCH_ID", "99999999999999999999"}, {call(2), "RSTWATCH_CONN", "1.5"},
		{call(2), "RSTWATCH_N", ""}, {call(2), "RSTWATCH_ASKED", "0x10"},
		{call(2), "RSTWATCH_START", "now"}, {call(2), "RSTWATCH_END", "1e9"}, {call(2), "RSTWATCH_DEADLINE", "-"},
		{call(2), "RSTWATCH_END", "999999999"}, // before its start
		{call(2), "RSTWATCH_LOCAL", "localhost:80"}, {call(2), "RSTWATCH_REMOTE", "127.0.0.1"},
		{run, "RSTWATCH_MODEL", "vms"}, {run, "RSTWATCH_DROPPED", "-1"},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			bad := append(c.entry, file.Field{Name: c.name, Value: c.value}) // the last of a name holds
			before := entries(t, call(1))
			runs, err := recording.Read(bytes.NewReader(entries(t, call(1), bad)), analysis.Linux())
			if err == nil {
				t.Fatal("no error")
			}
			at := fmt.Sprintf("at octet %d: ", len(before))
			if !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), strings.TrimPrefix(c.name, "RSTWATCH_MODEL")) {
				t.Errorf("%v: want %q and the field", err, at)
			}
			if len(runs) == 0 || len(runs[0].Evidence.Events) != 1 || len(runs[0].Calls) != 1 {
				t.Errorf("the call before is lost: %+v", runs)
			}
		})
	}
}

func TestTwoCallsWithOneID(t *testing.T) {
	run := []file.Field{{Name: file.RealtimeTimestamp, Value: "1000000"}, {Name: "RSTWATCH_KIND", Value: "run"}}
	runs, err := recording.Read(bytes.NewReader(entries(t, run, call(1), call(1), run, call(1))), analysis.Linux())
	if err == nil || !regexp.MustCompile(`run 1 .*RSTWATCH_ID 1`).MatchString(err.Error()) {
		t.Errorf("error %v", err)
	}
	if len(runs) != 2 || len(runs[1].Calls) != 1 {
		t.Fatalf("the run after it is lost: %+v", runs)
	}
	if got := runs[0].Result(); got != analysis.Interrupted {
		t.Errorf("the run that was not explained is %s", got)
	}
}

// TestUnknownEntries: entries of other programs, and kinds of a later version,
// are passed over.
func TestUnknownEntries(t *testing.T) {
	other := []file.Field{{Name: file.RealtimeTimestamp, Value: "5"}, {Name: "MESSAGE", Value: "started"}}
	later := append(call(7), file.Field{Name: "RSTWATCH_KIND", Value: "dream"})
	runs := read(t, entries(t, other, call(1), later))
	if len(runs) != 1 || len(runs[0].Evidence.Events) != 1 || !runs[0].Evidence.Events[0].Start.Equal(time.Unix(1, 0)) {
		t.Errorf("it reads %+v", runs)
	}
}

// FuzzRead holds that whatever a file says, it is read without a panic, and
// that what was read can be written.
func FuzzRead(f *testing.F) {
	// Short ones: the fuzzer spends its time on making what it finds shorter.
	f.Add(write(f, fromText(f, 1, "a", short, scenario.IPv4)))
	f.Add(write(f, fromText(f, 1, "b", short, scenario.IPv6)))
	f.Add(entries(f, call(1), call(2)))
	f.Fuzz(func(t *testing.T, b []byte) {
		runs, _ := recording.Read(bytes.NewReader(b), analysis.Linux())
		w := recording.New(io.Discard, "")
		for _, r := range runs {
			if err := w.Add(r); err != nil && !strings.HasPrefix(err.Error(), "file: ") {
				t.Errorf("Add: %v", err)
			}
		}
	})
}
