package lab

import (
	"fmt"
	"sync"
	"syscall"
)

// Proc is another process of this program, in the same network. It does
// nothing but hold the connections that it is given.
type Proc struct {
	name string
	mu   sync.Mutex // one request at a time
	peer peer
}

// Hook does the work of a [Process] and reports whether this process was one:
// then there is nothing left to do but to exit. Call it first thing in main,
// or in TestMain. In any other process it returns false at once.
func Hook() bool { return hook() }

// Process starts this program again, with nothing but [Hook] to do, and waits,
// at most ten seconds, until it is ready. The name is for messages and for
// ps(1). The process dies with this one, however that ends.
func Process(name string) (*Proc, error) {
	doing := "start process " + name
	if err := inside(doing); err != nil {
		return nil, err
	}
	p := &Proc{name: name}
	if err := p.peer.start(name); err != nil {
		return nil, fmt.Errorf("lab: %s: %w", doing, err)
	}
	return p, nil
}

// Give hands a connection over: when it returns the process holds it too, and
// once the caller has closed its own, the process alone. It waits for that at
// most ten seconds.
func (p *Proc) Give(raw syscall.RawConn) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return withSocket("give process "+p.name+" a socket", raw, p.peer.give)
}

// Kill kills the process (SIGKILL) and waits for its end: the kernel has then
// closed what it alone held. Further calls do nothing.
func (p *Proc) Kill() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := p.peer.kill(); err != nil {
		return fmt.Errorf("lab: kill process %s: %w", p.name, err)
	}
	return nil
}
