//go:build darwin && (!cgo || purego)

package live

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
)

// Backend is how this build captures.
const Backend = "bpf"

// Version says which library or kernel interface captures.
func Version() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "BPF device"
	}
	return "BPF device, Darwin " + unix.ByteSliceToString(u.Release[:])
}

const (
	// readTimeout is how long a read of the device waits for a frame. A frame
	// ends the wait at once.
	readTimeout = 10 * time.Millisecond
	// idleReads is how many reads without a frame may pass until the interface
	// is looked at: the device says nothing when it goes down.
	idleReads = 50
	// maxDevices is more than the system makes (sysctl debug.bpf_maxdevices).
	maxDevices = 1024
)

// device is a BPF device bound to the interface.
type device struct {
	link    capture.LinkType
	name    string
	closing atomic.Bool

	reading sync.Mutex // held during a read, and by close
	buffer  []byte     // as long as the kernel's own, which is what it demands
	unread  []byte     // the part of buffer that holds frames to be returned
	idle    int
	failed  error // what ended reading

	using  sync.Mutex // held while fd is used for anything but reading
	fd     int
	closed bool
	drops  uint64
}

func openDevice(ifi net.Interface, o Options) (source, error) {
	fd, err := openFree()
	if err != nil {
		return nil, reason(err)
	}
	d := &device{fd: fd, name: ifi.Name}
	if err := d.prepare(o); err != nil {
		syscall.Close(fd)
		return nil, reason(err)
	}
	return d, nil
}

// openFree opens the first BPF device that nobody else uses. The system makes
// another when the last is opened.
func openFree() (int, error) {
	for n := range maxDevices {
		path := "/dev/bpf" + strconv.Itoa(n)
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err == nil {
			return fd, nil
		}
		if !errors.Is(err, syscall.EBUSY) {
			return -1, &os.PathError{Op: "open", Path: path, Err: err}
		}
	}
	return -1, fmt.Errorf("open /dev/bpf*: %w", syscall.EBUSY)
}

// prepare binds the device and sets the filter last: that empties the buffer
// (bpf_setf), so that no frame the filter has not seen remains.
func (d *device) prepare(o Options) error {
	if err := syscall.CheckBpfVersion(d.fd); err != nil {
		return os.NewSyscallError("ioctl BIOCVERSION", err)
	}
	// The kernel cuts the size down to its limit; it must be set before the
	// interface.
	if _, err := syscall.SetBpfBuflen(d.fd, o.Buffer); err != nil {
		return os.NewSyscallError("ioctl BIOCSBLEN", err)
	}
	if err := syscall.SetBpfInterface(d.fd, d.name); err != nil {
		return os.NewSyscallError("ioctl BIOCSETIF", err)
	}
	if err := syscall.SetBpfImmediate(d.fd, 1); err != nil {
		return os.NewSyscallError("ioctl BIOCIMMEDIATE", err)
	}
	timeout := syscall.NsecToTimeval(int64(readTimeout))
	if err := syscall.SetBpfTimeout(d.fd, &timeout); err != nil {
		return os.NewSyscallError("ioctl BIOCSRTIMEOUT", err)
	}
	size, err := syscall.BpfBuflen(d.fd)
	if err != nil {
		return os.NewSyscallError("ioctl BIOCGBLEN", err)
	}
	d.buffer = make([]byte, size)
	link, err := syscall.BpfDatalink(d.fd)
	if err != nil {
		return os.NewSyscallError("ioctl BIOCGDLT", err)
	}
	d.link = capture.LinkType(link)
	return d.attach(o)
}

func (d *device) attach(o Options) error {
	program, err := o.filter(d.link)
	if err != nil {
		return err
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return fmt.Errorf("assemble the filter: %w", err)
	}
	instructions := make([]syscall.BpfInsn, len(raw))
	for i, r := range raw {
		instructions[i] = syscall.BpfInsn{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	return os.NewSyscallError("ioctl BIOCSETF", syscall.SetBpf(d.fd, instructions))
}

// reason gives an errno its sentinel.
func reason(err error) error {
	switch {
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return fmt.Errorf("%w: %w", ErrPermission, err)
	case errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENETDOWN):
		return fmt.Errorf("%w: %w", ErrGone, err)
	default:
		return err
	}
}

func (d *device) linkType() capture.LinkType { return d.link }
func (d *device) backend() string            { return Backend }

func (d *device) read() (record, error) {
	for !d.closing.Load() {
		r, ok, err := d.readOnce()
		if ok || err != nil {
			return r, err
		}
	}
	return record{}, io.EOF
}

// readOnce waits for a frame for no longer than readTimeout; ok is false if
// none came.
func (d *device) readOnce() (r record, ok bool, err error) {
	d.reading.Lock()
	defer d.reading.Unlock()
	if d.closing.Load() {
		return record{}, false, io.EOF
	}
	if d.failed == nil && len(d.unread) == 0 {
		d.failed = d.fill()
	}
	if d.failed == nil && len(d.unread) > 0 {
		r, d.unread, d.failed = splitRecord(d.unread)
		return r, d.failed == nil, d.failed
	}
	return record{}, false, d.failed
}

// fill reads what the device holds into unread: nothing, after readTimeout.
func (d *device) fill() error {
	n, err := syscall.Read(d.fd, d.buffer)
	switch {
	case errors.Is(err, syscall.EINTR):
		return nil
	case err != nil:
		return reason(os.NewSyscallError("read", err))
	}
	d.unread = d.buffer[:n]
	if n > 0 {
		d.idle = 0
		return nil
	}
	if d.idle++; d.idle < idleReads {
		return nil
	}
	d.idle = 0
	return lostInterface(d.name)
}

func (d *device) dropped() (uint64, error) {
	d.using.Lock()
	defer d.using.Unlock()
	return d.countDrops()
}

func (d *device) countDrops() (uint64, error) {
	if d.closed {
		return d.drops, nil
	}
	s, err := syscall.BpfStats(d.fd)
	if err != nil {
		return d.drops, os.NewSyscallError("ioctl BIOCGSTATS", err)
	}
	d.drops = uint64(s.Drop)
	return d.drops, nil
}

func (d *device) close() error {
	d.closing.Store(true)
	d.using.Lock()
	defer d.using.Unlock()
	d.reading.Lock()
	defer d.reading.Unlock()
	_, lost := d.countDrops()
	d.closed = true
	return errors.Join(lost, os.NewSyscallError("close", syscall.Close(d.fd)))
}
