package lab

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// diagRequest is struct inet_diag_req_v2 (uapi/linux/inet_diag.h).
type diagRequest struct {
	local, remote netip.AddrPort
	cookie        [8]byte // the kernel's name for the socket
}

// Where things are in struct inet_diag_msg, which answers.
const (
	answerState      = 1
	answerRemotePort = 6
	answerCookie     = 44
	answerLen        = 52
)

const (
	listening   = 10 // TCP_LISTEN
	sockDestroy = 21 // SOCK_DESTROY (uapi/linux/sock_diag.h)
)

// Len returns the request's length in octets.
func (*diagRequest) Len() int { return 56 }

// Serialize returns the request as it is sent.
func (r *diagRequest) Serialize() []byte {
	b := make([]byte, r.Len())
	b[0], b[1] = unix.AF_INET6, unix.IPPROTO_TCP
	if r.local.Addr().Is4() {
		b[0] = unix.AF_INET
	}
	binary.NativeEndian.PutUint32(b[4:], ^uint32(0)) // any state
	binary.BigEndian.PutUint16(b[8:], r.local.Port())
	binary.BigEndian.PutUint16(b[10:], r.remote.Port())
	copy(b[12:], r.local.Addr().AsSlice())
	copy(b[28:], r.remote.Addr().AsSlice())
	copy(b[48:], r.cookie[:])
	return b
}

// destroySocket first asks for the socket's cookie. Without one the kernel
// would go on, where no connection matches, to a listener of the local address
// (inet_diag_find_one_icsk).
func destroySocket(local, remote netip.AddrPort) error {
	r := &diagRequest{local: local, remote: remote}
	binary.NativeEndian.PutUint64(r.cookie[:], ^uint64(0)) // INET_DIAG_NOCOOKIE, twice
	ask := nl.NewNetlinkRequest(unix.SOCK_DIAG_BY_FAMILY, 0)
	ask.AddData(r)
	answers, err := ask.Execute(unix.NETLINK_INET_DIAG, unix.SOCK_DIAG_BY_FAMILY)
	if err != nil {
		return fmt.Errorf("ask sock_diag: %w", err)
	}
	if len(answers) != 1 || len(answers[0]) < answerLen {
		return errors.New("ask sock_diag: no answer that is one socket")
	}
	found := answers[0]
	if found[answerState] == listening || binary.BigEndian.Uint16(found[answerRemotePort:]) != remote.Port() {
		return fmt.Errorf("ask sock_diag: %w", unix.ENOENT)
	}
	copy(r.cookie[:], found[answerCookie:])
	end := nl.NewNetlinkRequest(sockDestroy, unix.NLM_F_ACK)
	end.AddData(r)
	if _, err := end.Execute(unix.NETLINK_INET_DIAG, 0); err != nil {
		return fmt.Errorf("SOCK_DESTROY: %w", err)
	}
	return nil
}
