package scenario

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// diag asks the kernel about one socket at a time, by its addresses
// (sock_diag(7)). Unlike a dump it costs one lookup, however many sockets the
// machine has.
type diag struct {
	fd     int
	proven bool // it has answered
}

func openDiag() (*diag, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_INET_DIAG)
	if err != nil {
		return nil, fmt.Errorf("open sock_diag: %w", err)
	}
	return &diag{fd: fd}, nil
}

func (d *diag) close() { unix.Close(d.fd) }

// state returns the TCP state of the socket with these addresses; found is
// false if there is none. A FIN_WAIT_2 socket that is kept as a time-wait
// bucket has one of the two states, by kernel version (inet_twsk_diag_fill).
func (d *diag) state(local, remote netip.AddrPort) (state uint8, found bool, err error) {
	state, err = d.ask(local, remote)
	if err != nil || state == stateListen {
		// Where no connection matches, the lookup goes on to a listener.
		return 0, false, d.absent(err)
	}
	return state, true, nil
}

// listens reports whether a listener has this address.
func (d *diag) listens(local netip.AddrPort) (bool, error) {
	any := netip.IPv6Unspecified()
	if local.Addr().Is4() {
		any = netip.IPv4Unspecified()
	}
	state, err := d.ask(local, netip.AddrPortFrom(any, 0))
	if err != nil {
		return false, d.absent(err)
	}
	return state == stateListen, nil
}

// absent returns nil if err, which ask has returned, says that there is no such
// socket.
func (d *diag) absent(err error) error {
	if errors.Is(err, unix.ENOENT) {
		// Also the answer of a kernel that lacks the tcp_diag module.
		return d.prove()
	}
	return err
}

// prove looks, once, for a socket that is surely there.
func (d *diag) prove() error {
	if d.proven {
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		if l, err = net.Listen("tcp", "[::1]:0"); err != nil {
			return fmt.Errorf("prove sock_diag: %w", err)
		}
	}
	defer l.Close()
	at := addrPort(l.Addr())
	if _, err := d.ask(at, netip.AddrPortFrom(at.Addr(), 0)); err != nil {
		return fmt.Errorf("the kernel's tcp_diag does not answer: %w", err)
	}
	d.proven = true
	return nil
}

// The layout of struct inet_diag_req_v2 and the head of struct inet_diag_msg
// (uapi/linux/inet_diag.h).
const (
	diagRequestLen = unix.NLMSG_HDRLEN + 56
	diagStateAt    = unix.NLMSG_HDRLEN + 1
)

// ask sends the request and reads the answer, which the kernel has queued by
// the time that the request is sent: it never blocks.
func (d *diag) ask(local, remote netip.AddrPort) (uint8, error) {
	if err := unix.Sendto(d.fd, diagRequest(local, remote), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return 0, fmt.Errorf("ask sock_diag: %w", err)
	}
	buf := make([]byte, 8192) // more than the attributes of one socket take
	n, _, err := unix.Recvfrom(d.fd, buf, unix.MSG_DONTWAIT)
	if err != nil {
		return 0, fmt.Errorf("read sock_diag: %w", err)
	}
	return diagState(buf[:n])
}

func diagRequest(local, remote netip.AddrPort) []byte {
	order := binary.NativeEndian
	b := make([]byte, diagRequestLen)
	order.PutUint32(b[0:], diagRequestLen)
	order.PutUint16(b[4:], unix.SOCK_DIAG_BY_FAMILY)
	order.PutUint16(b[6:], unix.NLM_F_REQUEST) // without NLM_F_DUMP: exactly this one

	req := b[unix.NLMSG_HDRLEN:]
	req[0], req[1] = unix.AF_INET6, unix.IPPROTO_TCP
	if local.Addr().Is4() {
		req[0] = unix.AF_INET
	}
	order.PutUint32(req[4:], ^uint32(0)) // any state
	binary.BigEndian.PutUint16(req[8:], local.Port())
	binary.BigEndian.PutUint16(req[10:], remote.Port())
	copy(req[12:28], local.Addr().AsSlice())
	copy(req[28:44], remote.Addr().AsSlice())
	order.PutUint64(req[48:], ^uint64(0)) // INET_DIAG_NOCOOKIE, twice; any interface (0) before it
	return b
}

// diagState returns idiag_state of the answer, or the errno that the kernel
// answered with.
func diagState(msg []byte) (uint8, error) {
	if len(msg) < unix.NLMSG_HDRLEN+4 {
		return 0, fmt.Errorf("read sock_diag: %d octets are no message", len(msg))
	}
	switch kind := binary.NativeEndian.Uint16(msg[4:]); kind {
	case unix.NLMSG_ERROR:
		errno := -int32(binary.NativeEndian.Uint32(msg[unix.NLMSG_HDRLEN:]))
		return 0, fmt.Errorf("ask sock_diag: %w", unix.Errno(errno))
	case unix.SOCK_DIAG_BY_FAMILY:
		return msg[diagStateAt], nil
	default:
		return 0, fmt.Errorf("read sock_diag: message of kind %d", kind)
	}
}
