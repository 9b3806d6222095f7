//go:build amd64 || arm64

package probe

import (
	"net"
	"runtime"
	"testing"
	"time"

	"github.com/cilium/ebpf/btf"
)

// TestLost: what the ring had no room for is counted, once.
func TestLost(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	o := Options{Backend: "ebpf", Own: true, Ports: []uint16{addr.Port()}}
	hear(t, o) // or skip
	loaded, err := load(o, btf.NewCache())
	if err != nil {
		t.Fatal(err)
	}
	p, err := hearing(loaded.all.Maps["records"], loaded.all.Maps[".bss"], loaded.about)
	if err != nil {
		t.Fatal(err)
	}
	p.loaded = loaded
	if err := loaded.attach(o); err != nil {
		t.Fatal(err)
	}
	for total := uint64(0); total == 0; { // nobody reads meanwhile
		c, err := net.Dial("tcp", addr.String())
		if err != nil {
			t.Fatal(err)
		}
		s, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		c.(*net.TCPConn).SetLinger(0)
		c.Close()
		s.Close()
		if total, err = p.control.lost(); err != nil {
			t.Fatal(err)
		}
	}
	go p.listen()
	defer p.Close()
	list, lost, err := p.Take()
	if err != nil || lost == 0 || len(list) < 1000 {
		t.Errorf("%d signals, %d lost, %v", len(list), lost, err)
	}
	if _, again, err := p.Take(); again != 0 || err != nil {
		t.Errorf("then %d lost, %v", again, err)
	}
}

// TestWoken: who reads is woken before the ring is full, without being asked for
// what there is.
func TestWoken(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	p := hear(t, Options{Backend: "ebpf", Own: true, Ports: []uint16{addr.Port()}})
	waiting := 0
	woken := func() bool {
		n := p.reader.AvailableBytes()
		defer func() { waiting = n }()
		return n < waiting
	}
	for waiting < p.reader.BufferSize()/2 {
		c, s := pair(t, l)
		c.SetLinger(0)
		c.Close()
		s.Close()
		if woken() {
			return
		}
	}
	for deadline := time.Now().Add(time.Minute); !woken(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d octets wait, and nobody reads them", waiting)
		}
	}
}
