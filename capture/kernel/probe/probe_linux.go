//go:build amd64 || arm64

package probe

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/ringbuf"
	"github.com/cilium/ebpf/rlimit"
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// Probe hears the kernel from Open until Close. Its methods may be called from
// several goroutines.
type Probe struct {
	offer  Offer
	table  table
	all    *ebpf.Collection
	links  []link.Link
	reader *ringbuf.Reader

	taking  sync.Mutex    // one Take at a time
	flushed chan struct{} // all that was in the ring has been read
	ended   chan struct{} // closed once the reader has ended

	mu      sync.Mutex
	records [][]byte
	lost    uint64 // what has been told of, of the programs' own count
	failed  error
}

// Open loads the programs and lets them listen. What happens after it has
// returned is heard; the rights that it takes are not needed any more. Errors wrap
// [ErrPermission], or [errors.ErrUnsupported] where the kernel has no BTF.
func Open(o Options) (*Probe, error) {
	p, err := open(o)
	switch {
	case errors.Is(err, fs.ErrPermission): // EPERM and EACCES
		return nil, fmt.Errorf("probe: %w (%w)", ErrPermission, err)
	case err != nil:
		return nil, fmt.Errorf("probe: %w", err)
	}
	go p.listen()
	return p, nil
}

func open(o Options) (p *Probe, err error) {
	types, err := btf.LoadKernelSpec()
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("the kernel has no BTF (CONFIG_DEBUG_INFO_BTF): %w", errors.ErrUnsupported)
	}
	if err != nil {
		return nil, err
	}
	spec, err := loadSignals()
	if err != nil {
		return nil, err
	}
	p = &Probe{flushed: make(chan struct{}), ended: make(chan struct{}), table: table{errnos: func(n int) string { return unix.ErrnoName(unix.Errno(n)) }, reasons: reasons(types), calls: socketCalls()}}
	if p.offer, err = choose(spec, types, o); err != nil {
		return nil, err
	}
	var netns uint32
	if o.Own {
		if netns, err = ownNamespace(); err != nil {
			return nil, err
		}
	}
	if err := set(spec, o, netns); err != nil {
		return nil, err
	}
	if err := rlimit.RemoveMemlock(); err != nil { // before Linux 5.11 maps count as locked memory
		return nil, err
	}
	if p.all, err = ebpf.NewCollectionWithOptions(spec, ebpf.CollectionOptions{Programs: ebpf.ProgramOptions{KernelTypes: types}}); err != nil {
		return nil, err
	}
	if err := p.attach(o); err != nil {
		if p.reader != nil {
			p.reader.Close()
		}
		return nil, errors.Join(err, p.release())
	}
	return p, nil
}

// attach says what is wanted, then lets the programs run.
func (p *Probe) attach(o Options) (err error) {
	for _, port := range o.Ports {
		if err := p.all.Maps["ports"].Put(port, uint8(1)); err != nil {
			return fmt.Errorf("port %d: %w", port, err)
		}
	}
	for _, pid := range o.Processes {
		if err := p.all.Maps["processes"].Put(uint32(pid), uint8(1)); err != nil {
			return fmt.Errorf("process %d: %w", pid, err)
		}
	}
	if p.reader, err = ringbuf.NewReader(p.all.Maps["records"]); err != nil {
		return err
	}
	for name, prog := range p.all.Programs {
		l, err := link.AttachTracing(link.TracingOptions{Program: prog, AttachType: ebpf.AttachTraceRawTp})
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		p.links = append(p.links, l)
	}
	return nil
}

// ownNamespace returns the number of this process's network namespace.
func ownNamespace() (uint32, error) {
	var st unix.Stat_t
	if err := unix.Stat("/proc/thread-self/ns/net", &st); err != nil {
		return 0, &os.PathError{Op: "stat", Path: "/proc/thread-self/ns/net", Err: err}
	}
	return uint32(st.Ino), nil
}

// Offer says what the kernel gives.
func (p *Probe) Offer() Offer { return p.offer }

// listen keeps the ring empty until the reader is closed.
func (p *Probe) listen() {
	defer close(p.ended)
	for {
		rec, err := p.reader.Read()
		switch {
		case errors.Is(err, ringbuf.ErrFlushed):
			p.flushed <- struct{}{}
		case err != nil:
			p.mu.Lock()
			p.failed = err
			p.mu.Unlock()
			return
		default:
			p.mu.Lock()
			p.records = append(p.records, rec.RawSample)
			p.mu.Unlock()
		}
	}
}

// Take returns the signals since Open or the last Take, in the order in which
// the kernel gave them, and how many were lost meanwhile because they came
// faster than they were read. It blocks until all that the kernel had said when it
// was called is there, which is no longer than it takes to read it.
func (p *Probe) Take() (signals []kernel.Signal, lost uint64, err error) {
	p.taking.Lock()
	defer p.taking.Unlock()
	if err := p.reader.Flush(); err == nil {
		select {
		case <-p.flushed:
		case <-p.ended:
		}
	}
	p.mu.Lock()
	records := p.records
	p.records = nil
	err = p.failed
	p.mu.Unlock()
	t := p.table
	t.clock = clock()
	for _, b := range records {
		s, bad := t.parse(b)
		if bad != nil {
			return nil, 0, fmt.Errorf("probe: %w", bad)
		}
		signals = append(signals, s)
	}
	total, counted := p.count()
	lost, p.lost = total-p.lost, total
	if err == nil {
		err = counted
	}
	if err != nil {
		err = fmt.Errorf("probe: %w", err)
	}
	return signals, lost, err
}

// count returns how many records have found no room. It reads mapped memory, so
// that it works after root was given up.
func (p *Probe) count() (n uint64, err error) {
	err = p.all.Variables["lost"].Get(&n)
	return n, err
}

// Close ends the hearing. A Take that waits returns.
func (p *Probe) Close() error {
	err := p.reader.Close()
	<-p.ended
	p.taking.Lock()
	defer p.taking.Unlock()
	return errors.Join(err, p.release())
}

func (p *Probe) release() (err error) {
	for _, l := range p.links {
		err = errors.Join(err, l.Close())
	}
	p.links = nil
	p.all.Close()
	return err
}
