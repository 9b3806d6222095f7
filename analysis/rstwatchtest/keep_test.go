package rstwatchtest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
)

// TestRecording: what is written is explained alike when it is read.
func TestRecording(t *testing.T) {
	rec, _ := record(t)
	resetBy(t, rec, "127.0.0.1:0")
	resetBy(t, rec, "[::1]:0")
	var b bytes.Buffer
	if err := rec.WriteRecording(&b); err != nil {
		t.Fatal(err)
	}
	checkRecording(t, b.Bytes(), 2)
}

func checkRecording(t *testing.T, data []byte, want int) {
	t.Helper()
	runs, err := recording.Read(bytes.NewReader(data), analysis.Linux())
	if err != nil || len(runs) != want {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	for _, run := range runs {
		if len(run.Verdicts) != 1 || run.Verdicts[0].Inferred[0] != analysis.AbortOnClose || run.Result() != analysis.Explained.String() {
			t.Errorf("%s: %s, %+v", run.Scenario, run.Result(), run.Verdicts)
		}
	}
}

// TestKept: a test that fails leaves a recording where one is wanted, under a name
// of its own, and one that passes leaves none.
func TestKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "folder")
	t.Setenv(recordings, dir)
	for _, failed := range []bool{false, true, true} {
		rec, s := record(t)
		s.name = "TestÄ/../../x y"
		resetBy(t, rec, "127.0.0.1:0")
		if got := s.end(failed); strings.Contains(got, "the recording, for Wireshark and rstwatch analyze: "+dir) != failed {
			t.Errorf("failed %v: %s", failed, got)
		}
	}
	binary := strings.TrimSuffix(filepath.Base(os.Args[0]), ".test")
	for _, name := range []string{".Test__.._.._x_y.pcapng", ".Test__.._.._x_y-2.pcapng"} {
		data, err := os.ReadFile(filepath.Join(dir, binary+name))
		if err != nil {
			t.Fatal(err)
		}
		checkRecording(t, data, 1)
	}
	if list, _ := os.ReadDir(dir); len(list) != 2 {
		t.Errorf("%d files", len(list))
	}
}

// TestNotKept: where it can not be written the log says so.
func TestNotKept(t *testing.T) {
	inTheWay := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(inTheWay, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	t.Setenv(recordings, inTheWay)
	rec, s := record(t)
	resetBy(t, rec, "127.0.0.1:0")
	if got := s.end(true); !strings.Contains(got, "rstwatch: the recording could not be kept: mkdir "+inTheWay+": not a directory") {
		t.Errorf("told: %s", got)
	}
}

func TestFileName(t *testing.T) {
	for test, want := range map[string]string{
		"TestX":                           "dir.TestX.pcapng",
		"TestX/a/b=1 2":                   "dir.TestX_a_b_1_2.pcapng",
		"Test" + strings.Repeat("x", 999): "dir.Test" + strings.Repeat("x", 200-len("dir.Test")) + ".pcapng",
	} {
		if got := fileName("/tmp/go-build1/b001/dir.test", test); got != want {
			t.Errorf("%s: %s", test, got)
		}
	}
}
