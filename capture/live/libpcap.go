//go:build cgo && !purego && (linux || darwin)

package live

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/gopacket/pcap"
	"golang.org/x/net/bpf"

	"github.com/rstwatch/rstwatch/capture"
)

// Backend is how this build captures.
const Backend = "libpcap"

// Version says which library or kernel interface captures.
func Version() string { return pcap.Version() }

// pollInterval is how long the library waits for a frame before it looks
// whether someone else wants the handle. A frame ends the wait at once.
const pollInterval = 10 * time.Millisecond

// idlePolls is how many waits may pass without a frame until the interface is
// looked at: libpcap says nothing when it goes down, because it might come up
// again.
const idlePolls = 20

// device is a libpcap handle. libpcap allows one call at a time on a handle,
// and gopacket's Close waits for its reader, so the reader lets go of mu every
// pollInterval.
type device struct {
	link    capture.LinkType
	name    string
	batched bool
	closing atomic.Bool

	mu     sync.Mutex
	handle *pcap.Handle // nil after close
	idle   int          // waits without a frame
	failed error        // what ended reading

	drops atomic.Uint64 // the library's count after the frame read last
}

func openDevice(ifi net.Interface, o Options) (source, error) {
	handle, err := activate(ifi.Name, o)
	if err != nil {
		return nil, reason(err)
	}
	link := capture.LinkType(handle.LinkType())
	if err := attach(handle, link, o); err != nil {
		handle.Close()
		return nil, err
	}
	return &device{link: link, name: ifi.Name, batched: o.Batched, handle: handle}, nil
}

// activate opens a handle in immediate mode: frames are delivered one by one
// as they come; or else in the blocks of a ring, at the latest every pollInterval.
// Only this way of opening one gives nanosecond stamps.
func activate(name string, o Options) (*pcap.Handle, error) {
	inactive, err := pcap.NewInactiveHandle(name)
	if err != nil {
		return nil, err
	}
	defer inactive.CleanUp()
	err = errors.Join(
		inactive.SetSnapLen(o.SnapLen),
		inactive.SetTimeout(pollInterval),
		inactive.SetImmediateMode(!o.Batched),
		inactive.SetBufferSize(o.Buffer),
	)
	if err != nil {
		return nil, err
	}
	return inactive.Activate()
}

// attach sets the filter. libpcap discards what came before it was in place,
// or filters it itself. Linux shows each loopback frame twice; libpcap passes
// over the outgoing copy. A test for the copy in the filter would not do: what
// libpcap filters itself would fail it.
func attach(handle *pcap.Handle, link capture.LinkType, o Options) error {
	program, err := o.filter(link)
	if err != nil {
		return err
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return fmt.Errorf("assemble the filter: %w", err)
	}
	instructions := make([]pcap.BPFInstruction, len(raw))
	for i, r := range raw {
		instructions[i] = pcap.BPFInstruction{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	if err := handle.SetBPFInstructionFilter(instructions); err != nil {
		return fmt.Errorf("set the filter: %w", err)
	}
	return nil
}

// reason gives the failure of an activation its sentinel. gopacket has texts
// for libpcap's codes, and libpcap those of the system.
func reason(err error) error {
	text := strings.ToLower(err.Error())
	for _, m := range []struct {
		part string
		as   error
	}{
		{"permission", ErrPermission}, {"not permitted", ErrPermission},
		{"no such device", ErrInterface},
		{"not up", ErrGone},
	} {
		if strings.Contains(text, m.part) {
			return fmt.Errorf("%w: %w", m.as, err)
		}
	}
	return err
}

func (d *device) linkType() capture.LinkType { return d.link }
func (d *device) backend() string            { return Backend }

func (d *device) read() (record, error) {
	for !d.closing.Load() {
		r, err := d.readOnce()
		if !errors.Is(err, pcap.NextErrorTimeoutExpired) {
			return r, err
		}
	}
	return record{}, io.EOF
}

// readOnce waits for a frame for no longer than pollInterval.
func (d *device) readOnce() (record, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.handle == nil {
		return record{}, io.EOF
	}
	if d.failed != nil {
		return record{}, d.failed
	}
	data, info, err := d.handle.ReadPacketData()
	if !d.batched { // to count opens files in /sys
		if countErr := d.count(); countErr != nil && err == nil {
			err = countErr
		}
	}
	if err != nil {
		d.failed = d.readFailure(err)
		return record{}, cmp.Or(d.failed, err)
	}
	d.idle = 0
	return record{data: data, wire: info.Length, time: info.Timestamp}, nil
}

// readFailure says why reading ended, and nil if it was no more than a wait in
// vain. libpcap has only words for an interface that went away, and they
// change, so the interface itself is asked too.
func (d *device) readFailure(err error) error {
	if errors.Is(err, pcap.NextErrorTimeoutExpired) {
		if d.idle++; d.idle < idlePolls {
			return nil
		}
		d.idle = 0
		return lostInterface(d.name)
	}
	if errors.Is(err, pcap.NextErrorReadError) {
		err = d.handle.Error()
	}
	if lost := lostInterface(d.name); lost != nil {
		return lost
	}
	if text := err.Error(); strings.Contains(text, "went down") || strings.Contains(text, "disappeared") {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// dropped does not wait for a reader, who may hold mu for pollInterval: what the
// reader counted after its last frame is then the answer. A reader of batches has not
// counted.
func (d *device) dropped() (uint64, error) {
	if d.batched {
		d.mu.Lock()
	} else if !d.mu.TryLock() {
		return d.drops.Load(), nil
	}
	defer d.mu.Unlock()
	if d.handle == nil {
		return d.drops.Load(), nil
	}
	err := d.count()
	return d.drops.Load(), err
}

// count asks the library. The caller holds mu.
func (d *device) count() error {
	s, err := d.handle.Stats()
	if err != nil {
		return err
	}
	// The library's own counters are 32 bits wide and unsigned.
	d.drops.Store(uint64(uint32(s.PacketsDropped)) + uint64(uint32(s.PacketsIfDropped)))
	return nil
}

func (d *device) close() error {
	d.closing.Store(true)
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.count()
	d.handle.Close()
	d.handle = nil
	return err
}
