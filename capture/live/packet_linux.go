package live

import (
	"bytes"
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

// packetBackend is the name of what reads from a packet socket, see [Handle.Backend].
const packetBackend = "af_packet"

// ringed is a ring of frames that a packet socket shares with the kernel.
type ringed interface {
	// next returns the next frame, if the kernel has filled it. Its octets are the ring's
	// own, until next is called again.
	next() (r record, ok bool)
	unmap() error // ends the use of the ring; more calls do nothing
}

// packets is a packet socket with a ring. The socket is under the runtime's poller, so that closing it wakes a
// reader at once.
type packets struct {
	file    *os.File
	conn    syscall.RawConn
	closing atomic.Bool

	reading sync.Mutex // held by read, and by close before it unmaps the ring
	ring    ringed
	failed  error // what ended reading, once the ring is empty

	counting sync.Mutex
	drops    uint64
}

// openPackets opens a packet socket with the ring that mapped makes for it.
func openPackets(ifi net.Interface, o Options, mapped func(fd int, o Options) (ringed, error)) (*packets, error) {
	// A socket of protocol 0 receives nothing until it is bound.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, ofErrno(os.NewSyscallError("socket", err))
	}
	r, err := prepare(fd, ifi, o, mapped)
	if err != nil {
		unix.Close(fd)
		return nil, ofErrno(err)
	}
	d := &packets{file: os.NewFile(uintptr(fd), "packet socket"), ring: r}
	if d.conn, err = d.file.SyscallConn(); err != nil {
		return nil, errors.Join(err, d.file.Close(), d.ring.unmap())
	}
	return d, nil
}

func (d *packets) linkType() capture.LinkType { return capture.LinkEthernet }
func (d *packets) backend() string            { return packetBackend }

// prepare attaches the filter, then maps the ring, and binds the socket last:
// no frame that the filter has not seen can be in the ring.
func prepare(fd int, ifi net.Interface, o Options, mapped func(int, Options) (ringed, error)) (ringed, error) {
	if err := restrict(fd, o); err != nil {
		return nil, err
	}
	// Kernels before 4.20 do not know the option; read passes over outgoing
	// copies in any case.
	err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_IGNORE_OUTGOING, 1)
	if err != nil && !errors.Is(err, unix.ENOPROTOOPT) {
		return nil, os.NewSyscallError("setsockopt PACKET_IGNORE_OUTGOING", err)
	}
	r, err := mapped(fd, o)
	if err != nil {
		return nil, err
	}
	// The protocol is in network byte order.
	all := binary.NativeEndian.Uint16([]byte{unix.ETH_P_ALL >> 8, unix.ETH_P_ALL & 0xff})
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: ifi.Index}); err != nil {
		return nil, errors.Join(os.NewSyscallError("bind", err), r.unmap())
	}
	return r, nil
}

// restrict lets the kernel keep what is asked for, and no other frames.
func restrict(fd int, o Options) error {
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

// ofErrno gives an errno its sentinel.
func ofErrno(err error) error {
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

func (d *packets) read() (record, error) {
	d.reading.Lock()
	defer d.reading.Unlock()
	r, err := d.wait()
	r.data = bytes.Clone(r.data)
	return r, err
}

// readBatch waits for a frame, and adds it and those behind it to b.
func (d *packets) readBatch(b *Batch) error {
	d.reading.Lock()
	defer d.reading.Unlock()
	r, err := d.wait()
	for more := err == nil; more; {
		if b.add(r); b.Octets() >= fullBatch {
			break
		}
		r, more = d.ring.next()
	}
	return err
}

// wait returns the next frame once there is one. The caller holds reading.
func (d *packets) wait() (record, error) {
	if d.closing.Load() {
		return record{}, io.EOF
	}
	r, ok := d.ring.next()
	if ok {
		return r, nil
	}
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
	return ofErrno(unix.Errno(n))
}

func (d *packets) dropped() (uint64, error) {
	d.counting.Lock()
	defer d.counting.Unlock()
	if d.closing.Load() {
		return d.drops, nil
	}
	return d.countDrops()
}

// countDrops adds what was dropped since the last call: reading the counters
// resets them.
func (d *packets) countDrops() (uint64, error) {
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

func (d *packets) close() error {
	d.counting.Lock()
	defer d.counting.Unlock()
	_, lost := d.countDrops()
	d.closing.Store(true)
	closed := d.file.Close() // wakes the reader
	d.reading.Lock()
	defer d.reading.Unlock()
	return errors.Join(lost, closed, d.ring.unmap())
}
