package live

import (
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rstwatch/rstwatch/capture"
)

// Options say what [Open] captures, and how.
type Options struct {
	// Interface to capture from; "" for the loopback interface. No other than
	// a loopback interface is accepted.
	Interface string
	// Ports of the TCP segments to capture, as source or destination; at least
	// one, none of them 0.
	Ports []uint16
	// AllPorts captures every TCP segment; Ports is not looked at.
	AllPorts bool
	// SnapLen is how many octets of each frame are kept, up to 262144; 0 for
	// 512, which is enough for all headers. Every frame takes this much of
	// Buffer on Linux, however short it is.
	SnapLen int
	// Buffer is how many octets of frames the kernel keeps for the reader; 0
	// for 8 MiB. Less than 64 KiB, or than four frames, is raised to that. A kernel
	// may give less (macOS) or round it.
	Buffer int
	// Batched lets frames come up to 20 ms later, several at a time, where the system
	// can: that takes much less from a program that is only watched. On Linux af_packet
	// then brings them in every build.
	Batched bool
}

const (
	defaultSnapLen = 512
	maxSnapLen     = 262144 // as in libpcap: no frame of an interface is longer
	defaultBuffer  = 8 << 20
	maxBuffer      = 1 << 30
)

// complete checks o and fills in the defaults.
func (o Options) complete() (Options, error) {
	if o.SnapLen == 0 {
		o.SnapLen = defaultSnapLen
	}
	if o.Buffer == 0 {
		o.Buffer = defaultBuffer
	}
	switch {
	case o.SnapLen < 0 || o.SnapLen > maxSnapLen:
		return o, fmt.Errorf("snap length %d is not within 1 to %d", o.SnapLen, maxSnapLen)
	case o.Buffer < 0 || o.Buffer > maxBuffer:
		return o, fmt.Errorf("buffer size %d is not within 1 to %d", o.Buffer, maxBuffer)
	}
	// libpcap opens with less and then delivers nothing.
	o.Buffer = max(o.Buffer, 64<<10, 4*o.SnapLen)
	return o, nil
}

// Handle is an open capture. One goroutine may call Read or ReadBatch at a time; the other
// methods may be called from any goroutine meanwhile.
type Handle struct {
	name      string
	dev       source
	delivered atomic.Uint64
	close     func() error
}

// Open starts to capture. When it returns, the kernel keeps the frames that
// pass the filter for Read. It takes about 10 ms with libpcap and does not
// wait for traffic.
//
// The error is ErrPermission, ErrInterface, ErrNotLoopback, ErrGone (the
// interface is down), or says which option is wrong.
func Open(o Options) (*Handle, error) {
	o, err := o.complete()
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	ifi, err := findInterface(o.Interface)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	opened := openDevice
	if o.Batched {
		opened = openBatched
	}
	dev, err := opened(ifi, o)
	if err != nil {
		return nil, fmt.Errorf("capture: open %s: %w", ifi.Name, err)
	}
	return &Handle{name: ifi.Name, dev: dev, close: sync.OnceValue(dev.close)}, nil
}

// Interface returns the name of the interface.
func (h *Handle) Interface() string { return h.name }

// Backend says how the handle captures: [Backend], or what brings batches.
func (h *Handle) Backend() string { return h.dev.backend() }

// Read blocks until there is a frame and returns it with the kernel's stamp.
// The octets are the caller's own.
//
// The error is io.EOF, unwrapped, after Close, and then frames that were not
// yet read are lost; ErrGone if the interface went down or away; or what the
// system reports. After an error Read gives no more frames.
func (h *Handle) Read() (capture.Frame, time.Time, error) {
	r, err := h.dev.read()
	if errors.Is(err, io.EOF) {
		return capture.Frame{}, time.Time{}, io.EOF
	}
	if err != nil {
		return capture.Frame{}, time.Time{}, fmt.Errorf("capture: read %s: %w", h.name, err)
	}
	h.delivered.Add(1)
	return capture.Frame{Link: h.dev.linkType(), Data: r.data, Wire: r.wire}, r.time, nil
}

// ReadBatch is Read for all frames that are there, but for what is beyond some 64 KiB:
// it blocks until there is one, and adds copies of them to b. Where frames come one by
// one it adds one.
func (h *Handle) ReadBatch(b *Batch) error {
	source, ok := h.dev.(interface{ readBatch(*Batch) error })
	if !ok {
		f, at, err := h.Read()
		if err == nil {
			b.Add(f, at)
		}
		return err
	}
	before := b.frames
	b.link = h.dev.linkType()
	err := source.readBatch(b)
	h.delivered.Add(uint64(b.frames - before))
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("capture: read %s: %w", h.name, err)
	}
	return err
}

// Stats returns how many frames Read and ReadBatch have returned and how
// many the kernel dropped for want of room. It may wait for some 10 ms while Read blocks.
// After Close it returns the last counts.
func (h *Handle) Stats() (capture.Stats, error) {
	dropped, err := h.dev.dropped()
	if err != nil {
		return capture.Stats{}, fmt.Errorf("capture: statistics of %s: %w", h.name, err)
	}
	return capture.Stats{Delivered: h.delivered.Load(), Dropped: dropped}, nil
}

// Close ends the capture and wakes Read within 10 ms. It returns when the
// kernel has let go of the socket, which takes some 30 ms, and longer on a
// busy machine; further calls return the same error.
func (h *Handle) Close() error {
	if err := h.close(); err != nil {
		return fmt.Errorf("capture: close %s: %w", h.name, err)
	}
	return nil
}

// source is what a backend reads frames from.
type source interface {
	linkType() capture.LinkType
	backend() string
	read() (record, error)
	dropped() (uint64, error)
	close() error
}

// record is a frame as a device reads it.
type record struct {
	data []byte
	wire int // octets on the wire
	time time.Time
}
