//go:build amd64 || arm64

package probe

import (
	"testing"

	"github.com/cilium/ebpf"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// TestWithoutReason: what is loaded before Linux 6.10 loads, and tells of an RST all but
// its reason.
func TestWithoutReason(t *testing.T) {
	hear(t, Options{Ports: []uint16{1}}) // or skip
	spec, _, a, err := study(Options{})
	if err != nil {
		t.Fatal(err)
	}
	whole, err := loadSignals()
	if err != nil {
		t.Fatal(err)
	}
	spec.Programs = map[string]*ebpf.ProgramSpec{withoutReason: whole.Programs[withoutReason]}
	o := Options{Own: true}
	l, addr := listen(t, "127.0.0.1:0")
	o.Ports = []uint16{addr.Port()}
	if err := set(spec, o); err != nil {
		t.Fatal(err)
	}
	all, err := ebpf.NewCollection(spec)
	if err != nil {
		t.Fatal(err)
	}
	old := &loaded{about: a, all: all}
	p, err := hearing(all.Maps["records"], all.Maps[".bss"], a)
	if err != nil {
		t.Fatal(err)
	}
	p.loaded = old
	go p.listen()
	defer p.Close()
	if err := old.attach(o); err != nil {
		t.Fatal(err)
	}
	c, s := pair(t, l)
	s.SetLinger(0)
	s.Close()
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Fatal("read gave no error")
	}
	if sent := only(take(t, p), kernel.SendReset, addr); len(sent) != 1 || sent[0].Reason != "" || sent[0].Remote != port(c.LocalAddr()) {
		t.Errorf("the kernel says %+v", sent)
	}
}
