package survey

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// captures are the capture files of others, below the folder that
// RSTWATCH_PCAPS names or ../shared/pcaps beside the repository.
func captures(t *testing.T) []string {
	t.Helper()
	root := os.Getenv("RSTWATCH_PCAPS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "pcaps")
	}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Skipf("no captures to read: %v; set RSTWATCH_PCAPS to a folder of them", err)
	}
	var files []string
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".pcap" || ext == ".pcapng") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("captures below %s: %d, %v", root, len(files), err)
	}
	return files
}

// surveyed is the survey of a file, as far as it can be read.
func surveyed(t *testing.T, path string) *Tracker {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := file.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	tr := New(0, nil)
	for n := uint32(1); ; n++ {
		rec, err := in.Next()
		if err == io.EOF {
			return tr
		}
		if err != nil {
			t.Logf("%s: %v", path, err)
			return tr
		}
		if rec.Frame == nil {
			continue
		}
		var b capture.Brief
		if capture.Look(&b, rec.Frame.Link, rec.Frame.Data, rec.Frame.Wire) == nil {
			tr.Add(rec.Time.UnixNano(), n, &b)
		}
	}
}
