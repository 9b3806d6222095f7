//go:build linux && (!cgo || purego)

package live

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture"
)

// Backend is how this build captures.
const Backend = "af_packet"

// Version says which library or kernel interface captures.
func Version() string {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return "AF_PACKET TPACKET_V2"
	}
	return "AF_PACKET TPACKET_V2, Linux " + unix.ByteSliceToString(u.Release[:])
}

// device is a packet socket with a ring of frames that it shares with the
// kernel. The socket is under the runtime's poller, so that closing it wakes a
// reader at once.
type device struct {
	link    capture.LinkType
	file    *os.File
	conn    syscall.RawConn
	closing atomic.Bool

	reading sync.Mutex // held by read, and by close before it unmaps the ring
	ring    ring
	failed  error // what ended reading, once the ring is empty

	counting sync.Mutex
	drops    uint64
}

func openDevice(ifi net.Interface, o Options) (*device, error) {
	// A socket of protocol 0 receives nothing until it is bound.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, reason(os.NewSyscallError("socket", err))
	}
	r, err := prepare(fd, ifi, o)
	if err != nil {
		unix.Close(fd)
		return nil, reason(err)
	}
	d := &device{link: capture.LinkEthernet, file: os.NewFile(uintptr(fd), "packet socket"), ring: r}
	if d.conn, err = d.file.SyscallConn(); err != nil {
		return nil, errors.Join(err, d.file.Close(), d.ring.unmap())
	}
	return d, nil
}

// prepare attaches the filter, then maps the ring, and binds the socket last:
// no frame that the filter has not seen can be in the ring.
func prepare(fd int, ifi net.Interface, o Options) (ring, error) {
	if err := attach(fd, o); err != nil {
		return ring{}, err
	}
	// Kernels before 4.20 do not know the option; read passes over outgoing
	// copies in any case.
	err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	if err != nil && !errors.Is(err, unix.ENOPROTOOPT) {
		return ring{}, os.NewSyscallError("setsockopt PACKET_IGNORE_OUTGOING", err)
	}
	r, err := mapRing(fd, o.SnapLen, o.Buffer)
	if err != nil {
		return ring{}, err
	}
	// The protocol is in network byte order.
	all := binary.NativeEndian.Uint16([]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL & 0xff})
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: ifi.Index}); err != nil {
		return ring{}, errors.Join(os.NewSyscallError("bind", err), r.unmap())
	}
	return r, nil
}

func attach(fd int, o Options) error {
	program, err := o.filter(capture.LinkEthernet)
	if err != nil {
		return err
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return fmt.Errorf("assemble the filter: %w", err)
	}
	instructions := make([]unix.SockFilter, len(raw))
	for i, r := range raw {
		instructions[i] = unix.SockFilter{Code: r.Op, Jt: r.Jt, Jf: r.Jf, K: r.K}
	}
	prog := unix.SockFprog{Len: uint16(len(instructions)), Filter: &instructions[0]}
	err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &prog)
	return os.NewSyscallError("setsockopt SO_ATTACH_FILTER", err)
}

// reason gives an errno its sentinel.
func reason(err error) error {
	switch {
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return fmt.Errorf("%w: %w", ErrPermission, err)
	case errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO):
		return fmt.Errorf("%w: %w", ErrInterface, err)
	case errors.Is(err, unix.ENETDOWN):
		return fmt.Errorf("%w: %w", ErrGone, err)
	default:
		return err
	}
}

func (d *device) read() (record, error) {
	d.reading.Lock()
	defer d.reading.Unlock()
	if d.closing.Load() {
		return record{}, io.EOF
	}
	var r record
	var ok bool
	err := d.conn.Read(func(fd uintptr) bool {
		r, ok = d.ring.next()
		if !ok && d.failed == nil {
			d.failed = socketError(int(fd))
			if d.failed != nil { // what came before the failure is still good
				r, ok = d.ring.next()
			}
		}
		return ok || d.failed != nil
	})
	switch {
	case d.closing.Load():
		return record{}, io.EOF
	case ok:
		return r, nil
	case d.failed != nil:
		return record{}, d.failed
	default:
		return record{}, err
	}
}

// socketError takes the pending error of the socket: ENETDOWN after the
// interface went down or away (packet_notifier in net/packet/af_packet.c).
func socketError(fd int) error {
	n, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
	if err != nil {
		return os.NewSyscallError("getsockopt SO_ERROR", err)
	}
	if n == 0 {
		return nil
	}
	return reason(unix.Errno(n))
}

func (d *device) dropped() (uint64, error) {
	d.counting.Lock()
	defer d.counting.Unlock()
	if d.closing.Load() {
		return d.drops, nil
	}
	return d.countDrops()
}

// countDrops adds what was dropped since the last call: reading the counters
// resets them.
func (d *device) countDrops() (uint64, error) {
	var s *unix.TpacketStats
	var failed error
	err := d.conn.Control(func(fd uintptr) {
		s, failed = unix.GetsockoptTpacketStats(int(fd), unix.SOL_PACKET, unix.PACKET_STATISTICS)
	})
	if err = errors.Join(err, os.NewSyscallError("getsockopt PACKET_STATISTICS", failed)); err != nil {
		return d.drops, err
	}
	d.drops += uint64(s.Drops)
	return d.drops, nil
}

func (d *device) close() error {
	d.counting.Lock()
	defer d.counting.Unlock()
	_, lost := d.countDrops()
	d.closing.Store(true)
	closed := d.file.Close() // wakes the reader
	d.reading.Lock()
	defer d.reading.Unlock()
	return errors.Join(lost, closed, d.ring.unmap())
}
