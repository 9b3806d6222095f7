//go:build amd64 || arm64

package probe

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// TestTracefs: the same is heard where eBPF is refused.
func TestTracefs(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	tr, err := trace(tracing, Options{Ports: []uint16{addr.Port()}})
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) {
		t.Skipf("needs root on the host, for %s: %v", tracing, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := &Probe{tracer: tr, offer: tr.offer}
	c, s := pair(t, l)
	if _, err := c.Write([]byte("ab")); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(s, make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if _, err := c.Read(make([]byte, 16)); !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("read gave %v", err)
	}
	list := take(t, p)
	sent := only(list, kernel.SendReset, addr)
	if len(sent) != 1 || sent[0].Remote != port(c.LocalAddr()) || sent[0].Answers || p.Offer().Reasons && sent[0].Reason != "TCP_ABORT_ON_CLOSE" {
		t.Errorf("the kernel says of the RST: %+v, of all: %+v", sent, list)
	}
	if got := only(list, kernel.ErrorReport, port(c.LocalAddr())); len(got) != 1 || got[0].Errno != "ECONNRESET" {
		t.Errorf("the kernel says of the client's error: %+v", got)
	}
	if again := take(t, p); len(only(again, kernel.SendReset, addr)) > 0 {
		t.Error("the RST was told of twice")
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(tr.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the instance is left: %v", err)
	}
}

// TestReap removes what a process that was killed has left, and nothing else.
func TestReap(t *testing.T) {
	dir := t.TempDir()
	child, err := os.StartProcess("/proc/self/exe", []string{"probe.test", "-test.run=^$"}, &os.ProcAttr{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := child.Wait(); err != nil {
		t.Fatal(err)
	}
	gone := prefix + strconv.Itoa(child.Pid)
	for name, stays := range map[string]bool{gone: false, gone + "-1": false, prefix + strconv.Itoa(os.Getpid()): true, "other-" + strconv.Itoa(child.Pid): true, prefix + "x": true} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		reap(dir)
		if _, err := os.Stat(filepath.Join(dir, name)); (err == nil) != stays {
			t.Errorf("%s: stays %v, not %v", name, err == nil, stays)
		}
	}
}
