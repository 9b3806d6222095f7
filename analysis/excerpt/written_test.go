package excerpt

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture/file"
)

// captures are the capture files of others, below the folder that
// RSTWATCH_PCAPS names or ../shared/pcaps beside the repository.
func captures(t *testing.T) (paths []string) {
	t.Helper()
	root := os.Getenv("RSTWATCH_PCAPS")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "pcaps")
	}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Skipf("no captures to read: %v; set RSTWATCH_PCAPS to a folder of them", err)
	}
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && (ext == ".pcap" || ext == ".pcapng") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil || len(paths) == 0 {
		t.Fatalf("captures below %s: %d, %v", root, len(paths), err)
	}
	return paths
}

// every is all connections.
func every(survey.Connection) bool { return true }

// written makes an excerpt of a capture: of the connections that take accepts.
// It returns the surveys of both.
func written(t *testing.T, path string, o Options, take func(survey.Connection) bool) (before, after *survey.Tracker, out []byte) {
	t.Helper()
	ctx := context.Background()
	c, err := postmortem.Open(ctx, []string{path}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	before, broken := c.Survey(ctx, postmortem.Options{})
	chosen := make(map[uint32]bool)
	for conn := range before.Connections() {
		chosen[conn.Stream] = take(conn)
	}
	var b bytes.Buffer
	w := New(&b, o)
	notes := NewNotes(before, among(before, take))
	err = c.Collect(ctx, postmortem.Options{}, func(s uint32) bool { return chosen[s] }, func(stream, frame uint32, p *file.Packet) error {
		return w.Frame(c.Interface(), p, notes.Of(stream, frame, w.Frames()+1, p))
	})
	if fmt.Sprint(err) != fmt.Sprint(broken) {
		t.Fatalf("the second reading gives %v, the first gave %v", err, broken)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(again, b.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := postmortem.Open(ctx, []string{again}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if after, err = r.Survey(ctx, postmortem.Options{}); err != nil {
		t.Fatal(err)
	}
	return before, after, b.Bytes()
}

func among(t *survey.Tracker, take func(survey.Connection) bool) iter.Seq[survey.Connection] {
	return func(yield func(survey.Connection) bool) {
		for c := range t.Connections() {
			if take(c) && !yield(c) {
				return
			}
		}
	}
}

// verdict is what must be the same of a connection in an excerpt.
func verdict(c survey.Connection, addresses bool) survey.Connection {
	c.Stream = 0
	for i := range c.Sides {
		if a := &c.Sides[i].Addr; !addresses {
			*a = netip.AddrPortFrom(netip.Addr{}, a.Port())
		}
	}
	if c.Reset != nil {
		r := *c.Reset
		r.Frame = 0
		r.Provoker.Frame = min(r.Provoker.Frame, 1)
		c.Reset = &r
	}
	return c
}

func same(t *testing.T, name string, before, after iter.Seq[survey.Connection], addresses bool) {
	t.Helper()
	next, stop := iter.Pull(after)
	defer stop()
	for c := range before {
		got, ok := next()
		if !ok {
			t.Fatalf("%s: stream %d is missing", name, c.Stream)
		}
		if diff := cmp.Diff(verdict(c, addresses), verdict(got, addresses), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b }),
			cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".set" }, cmp.Ignore())); diff != "" {
			t.Errorf("%s: stream %d, before (-) and after (+):\n%s", name, c.Stream, diff)
		}
	}
	if c, ok := next(); ok {
		t.Errorf("%s: and stream %d", name, c.Stream)
	}
}
