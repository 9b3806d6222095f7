package recorded

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// pack makes this package's files from a recording: see "make recordings".
var pack = flag.String("pack", "", "take the recording in this `FILE`, as run --all -4 -6 -w wrote it, for the one to be carried")

const (
	carried = "catalogue.pcapng.zst"
	sums    = "testdata/stories.sum"
	remedy  = `run "make recordings" where rstwatch run --all performs every scenario, and commit what it changes`
	most    = 1 << 20 // octets: by so much the program may grow
)

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}

// TestPack makes the recording that the program carries.
func TestPack(t *testing.T) {
	if *pack == "" {
		t.Skip("needs -pack FILE, which make recordings gives it")
	}
	in, err := os.ReadFile(*pack)
	if err != nil {
		t.Fatal(err)
	}
	out, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithWindowSize(8<<20), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	packed := out.EncodeAll(in, nil)
	if err := os.WriteFile(carried, packed, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(sums), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(sums, []byte(strings.Join(digests(t), "\n")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d octets became %d", len(in), len(packed))
}

// TestWhole: each story that can be performed on the system of the recordings
// was, over both families, and came out as it is expected to.
func TestWhole(t *testing.T) {
	runs, err := Runs()
	if err != nil {
		t.Fatal(err)
	}
	if len(catalogue) > most {
		t.Errorf("the recordings have %d octets, of at most %d", len(catalogue), most)
	}
	var want []string
	for _, sc := range catalog.All() {
		if _, ok := sc.Expect[runs[0].Platform.OS]; !ok {
			continue // what it does there is not known, and run leaves it out
		}
		for _, f := range []scenario.Family{scenario.IPv4, scenario.IPv6} {
			want = append(want, fmt.Sprintf("%s over %s", sc.Name, f))
		}
	}
	var got []string
	for _, r := range runs {
		got = append(got, fmt.Sprintf("%s over %s", r.Scenario, r.Family))
	}
	if !slices.Equal(got, want) {
		t.Errorf("the recordings are not those of the catalogue: %s\n%s", remedy, difference(got, want))
	}
	for i, r := range runs {
		check(t, r, runs[0])
		if r.Number != i+1 {
			t.Errorf("%s has the number %d, not %d", r.Scenario, r.Number, i+1)
		}
	}
}

// check holds a run against its story.
func check(t *testing.T, r, first *analysis.Run) {
	t.Helper()
	name := fmt.Sprintf("%s over %s", r.Scenario, r.Family)
	sc, ok := catalog.Find(r.Scenario)
	if !ok {
		t.Errorf("%s: no story is called so: %s", name, remedy)
		return
	}
	if r.Result() != analysis.Explained.String() || r.Capture.Stats.Dropped > 0 {
		t.Errorf("%s is %s, with %d frames lost: %s", name, r.Result(), r.Capture.Stats.Dropped, remedy)
	}
	if d := sc.Differs(r.Platform.OS, r.Evidence.Events); d != "" {
		t.Errorf("%s: %s: %s", name, d, remedy)
	}
	if r.Summary != sc.Summary {
		t.Errorf("%s: its summary was %q: %s", name, r.Summary, remedy)
	}
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		if (ev.Op == scenario.OpDial || ev.Op == scenario.OpAccept) && ev.Fault == "" && ev.State == "" {
			t.Errorf("%s: of the %s's %s the kernel's state was not recorded: %s", name, ev.Role, ev.Op, remedy)
		}
	}
	if r.Platform != first.Platform || r.Platform.Release == "" {
		t.Errorf("%s was recorded on %+v, the first run on %+v", name, r.Platform, first.Platform)
	}
	if !strings.HasPrefix(r.Origin(), "recorded 20") || !strings.HasSuffix(r.Origin(), " on "+r.Platform.Name()+"; nothing was run now") {
		t.Errorf("%s says of itself %q", name, r.Origin())
	}
}

// TestUnchanged: no story has been changed since it was recorded.
func TestUnchanged(t *testing.T) {
	b, err := os.ReadFile(sums)
	if err != nil {
		t.Fatal(err)
	}
	then := strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")
	if now := digests(t); !slices.Equal(then, now) {
		t.Errorf("the catalogue has changed since its recordings were made: %s\n%s", remedy, difference(then, now))
	}
}

// TestTheSame: what is carried reads the same each time, and one reader changes
// nothing for the next.
func TestTheSame(t *testing.T) {
	first, err := Runs()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range first {
		r.Scenario, r.Evidence.Events[0].Role = "spoilt", "spoilt"
	}
	again, err := Runs()
	if err != nil {
		t.Fatal(err)
	}
	if again[0].Scenario == "spoilt" || again[0].Evidence.Events[0].Role == "spoilt" {
		t.Error("a reader changed what the next one reads")
	}
}

// TestDamaged: octets that are not whole are an error, never fewer runs.
func TestDamaged(t *testing.T) {
	for _, n := range []int{0, 3, len(catalogue) / 2, len(catalogue) - 1} {
		if runs, err := read(catalogue[:n]); err == nil || runs != nil {
			t.Errorf("of %d octets %d: %d runs, error %v", len(catalogue), n, len(runs), err)
		} else if n == 0 && !strings.Contains(err.Error(), "recorded: ") {
			t.Errorf("the error is %v", err)
		}
	}
}

// difference lists what only one of two lists has.
func difference(before, after []string) string {
	var b strings.Builder
	tell := func(mark string, list, other []string) {
		for _, line := range list {
			if !slices.Contains(other, line) {
				fmt.Fprintf(&b, "%s %s\n", mark, line)
			}
		}
	}
	tell("-", before, after)
	tell("+", after, before)
	if b.Len() == 0 {
		io.WriteString(&b, "in another order\n")
	}
	return b.String()
}
