//go:build amd64 || arm64

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/ringbuf"
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// Probe hears the kernel from Open until Close. Its methods may be called from
// several goroutines.
type Probe struct {
	tracer *tracer // instead of all that follows, where eBPF is refused

	offer   Offer
	table   table
	loaded  *loaded     // nil if another process has loaded the programs, see Borrow
	maps    []*ebpf.Map // what is borrowed
	control *control
	reader  *ringbuf.Reader

	taking  sync.Mutex    // one Take at a time
	hurry   chan struct{} // somebody waits for what is in the ring
	flushed chan struct{} // all that was in the ring has been read
	ended   chan struct{} // closed once the reader has ended
	lost    uint64        // what has been told of, of the programs' own count
	closed  closings

	mu     sync.Mutex
	heard  [][]byte // whole records
	ending bool     // Close has been called
	failed error
}

// Open loads the programs and lets them listen; where they are refused it hears
// some of the signals through tracefs, if that can be written to. What happens after it has
// returned is heard; the rights that it takes are not needed any more. Errors say why
// not and what would help, see [Error]; they wrap [ErrPermission], or
// [errors.ErrUnsupported] where the kernel has no BTF.
func Open(o Options) (*Probe, error) {
	err := fmt.Errorf("no backend is called %q", o.Backend)
	if o.Backend != "tracefs" {
		var p *Probe
		if p, err = open(o); err == nil {
			return p, nil
		}
	}
	if o.Backend != "ebpf" {
		t, err2 := trace(tracing, o)
		if err2 == nil {
			return &Probe{tracer: t, offer: t.offer}, nil
		}
		if o.Backend != "" {
			err = err2
		}
	}
	return nil, refusal(err, around())
}

// refusal says what kept programs from being loaded.
func refusal(err error, c circumstances) error {
	switch {
	case errors.Is(err, fs.ErrPermission): // EPERM and EACCES
		return c.refused(err)
	case c.confidential():
		return c.locked(errors.Join(ErrPermission, err))
	case errors.Is(err, errNoBTF):
		return &Error{errNoBTF.Error(), "a kernel with CONFIG_DEBUG_INFO_BTF=y, as distributions have it", errors.Join(errors.ErrUnsupported, err)}
	}
	return fmt.Errorf("probe: %w", err)
}

func open(o Options) (*Probe, error) {
	l, err := load(o, btf.NewCache())
	if err != nil {
		return nil, err
	}
	p, err := hearing(l.all.Maps["records"], l.all.Maps[".bss"], l.about)
	if err == nil && o.Own {
		var netns uint32
		if netns, err = namespace("thread-self"); err == nil {
			err = p.control.only(netns)
		}
	}
	if err == nil {
		err = l.attach(o)
	}
	if err != nil {
		if p != nil {
			p.reader.Close()
		}
		return nil, errors.Join(err, l.close())
	}
	p.loaded = l
	go p.listen()
	return p, nil
}

// hearing prepares the reading of what the programs write.
func hearing(records, bss *ebpf.Map, a about) (*Probe, error) {
	p := &Probe{offer: a.Offer, hurry: make(chan struct{}, 1), flushed: make(chan struct{}), ended: make(chan struct{}),
		table: table{errnos: func(n int) string { return unix.ErrnoName(unix.Errno(n)) }, reasons: a.Reasons, stack: a.Stack, calls: callNames()}}
	memory, err := bss.Memory()
	if err != nil {
		return nil, fmt.Errorf("the programs' variables: %w", err)
	}
	p.control = &control{memory}
	p.reader, err = ringbuf.NewReader(records)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// namespace returns the number of a process's network namespace; "thread-self" is
// the caller's.
func namespace(process string) (uint32, error) {
	path := "/proc/" + process + "/ns/net"
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		return 0, &os.PathError{Op: "stat", Path: path, Err: err}
	}
	return uint32(st.Ino), nil
}

// Offer says what the kernel gives.
func (p *Probe) Offer() Offer { return p.offer }

// Take returns the signals since Open or the last Take, in the order in which
// the kernel gave them, and how many were lost meanwhile because they came
// faster than they were read. It blocks until all that the kernel had said when it
// was called is there, which is no longer than it takes to read it.
func (p *Probe) Take() (signals []kernel.Signal, lost uint64, err error) {
	if p.tracer != nil {
		if signals, lost, err = p.tracer.take(); err != nil {
			err = fmt.Errorf("probe: %w", err)
		}
		return signals, lost, err
	}
	p.taking.Lock()
	defer p.taking.Unlock()
	p.hasten()
	if err := p.reader.Flush(); err == nil {
		select {
		case <-p.flushed:
		case <-p.ended:
		}
	}
	p.mu.Lock()
	records := p.heard
	p.heard = nil
	err = p.failed
	p.mu.Unlock()
	t := p.table
	t.clock = clock()
	for _, piece := range records {
		signals = slices.Grow(signals, len(piece)/recordSize)
		for b := range slices.Chunk(piece, recordSize) {
			s, bad := t.parse(b)
			if bad != nil {
				return nil, 0, fmt.Errorf("probe: %w", bad)
			}
			signals = append(signals, s)
		}
	}
	p.closed = p.closed.note(signals)
	total, counted := p.control.lost()
	lost, p.lost = total-p.lost, total
	if err == nil {
		err = counted
	}
	if err != nil {
		err = fmt.Errorf("probe: %w", err)
	}
	return signals, lost, err
}

// Close ends the hearing. A Take that waits returns.
func (p *Probe) Close() error {
	if p.tracer != nil {
		return p.tracer.close()
	}
	p.mu.Lock()
	p.ending = true
	p.mu.Unlock()
	err := p.reader.Close()
	p.hasten()
	<-p.ended
	p.taking.Lock()
	defer p.taking.Unlock()
	for _, m := range p.maps {
		err = errors.Join(err, m.Close())
	}
	if p.loaded != nil {
		err = errors.Join(err, p.loaded.close())
	}
	return err
}
