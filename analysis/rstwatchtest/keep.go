package rstwatchtest

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture/file"
)

// recordings is the environment variable that names the folder for recordings of
// tests that fail.
const recordings = "RSTWATCHTEST_DIR"

// application is what a recording says wrote it.
const application = "rstwatchtest"

// WriteRecording writes all that the test has done until now, as annotated pcapng:
// Wireshark opens it, and "rstwatch analyze" explains it. It blocks as Runs does. The
// error is w's.
func (r *Recorder) WriteRecording(w io.Writer) error {
	r.t.Helper()
	return write(w, r.runs())
}

func write(w io.Writer, runs []*analysis.Run) error {
	out := recording.New(w, application)
	for _, run := range runs {
		if err := out.Add(run); err != nil {
			return err
		}
	}
	return out.Close()
}

// keep writes the recording of a test that has failed where such are wanted, and says
// where.
func (r *Recorder) keep(runs []*analysis.Run) {
	r.t.Helper()
	path, err := r.place()
	if err == nil && path == "" || len(runs) == 0 {
		return
	}
	if err == nil {
		err = writeFile(path, runs)
	}
	if err != nil {
		r.t.Log("rstwatch: the recording could not be kept:", err)
		return
	}
	r.t.Logf("rstwatch: the recording, for Wireshark and rstwatch analyze: %s", path)
}

// place returns where a recording goes, "" if nowhere.
func (r *Recorder) place() (string, error) {
	if t, ok := r.t.(interface{ ArtifactDir() string }); ok && artifacts() {
		return filepath.Join(t.ArtifactDir(), "rstwatch.pcapng"), nil
	}
	dir := os.Getenv(recordings)
	if dir == "" {
		return "", nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	return unused(filepath.Join(dir, fileName(os.Args[0], r.t.Name())))
}

// artifacts reports whether "go test -artifacts" keeps what a test leaves.
func artifacts() bool {
	f := flag.Lookup("test.artifacts")
	return f != nil && f.Value.String() == "true"
}

// fileName names the recording of a test in a test binary.
func fileName(binary, test string) string {
	plain := func(r rune) rune {
		if r == '-' || r == '.' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return '_'
	}
	const most = 200 // of 255 octets that a file's name may have
	name := strings.Map(plain, strings.TrimSuffix(filepath.Base(binary), ".test")+"."+test)
	return name[:min(len(name), most)] + ".pcapng"
}

// unused returns path, or the like of it with a number, which nothing has yet.
func unused(path string) (string, error) {
	stem, ext := strings.TrimSuffix(path, filepath.Ext(path)), filepath.Ext(path)
	for n := 2; n < 10000; n++ {
		if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
			return path, nil
		} else if err != nil {
			return "", err
		}
		path = fmt.Sprintf("%s-%d%s", stem, n, ext)
	}
	return "", fmt.Errorf("%s: too many recordings of one test", stem)
}

// writeFile writes a recording, which appears under its name when it is whole.
func writeFile(path string, runs []*analysis.Run) error {
	f, err := file.Create(path)
	if err != nil {
		return err
	}
	if err := write(f, runs); err != nil {
		return errors.Join(err, f.Abort())
	}
	return f.Commit()
}
