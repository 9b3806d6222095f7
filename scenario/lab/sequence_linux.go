package lab

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Queues of a socket in repair mode (uapi/linux/tcp.h).
const (
	noQueue = iota
	receiveQueue
	sendQueue
)

// Early states of TCP (include/net/tcp_states.h).
const (
	synSent = 2
	synRecv = 3
)

// repairWindow is struct tcp_repair_window (uapi/linux/tcp.h).
type repairWindow struct{ sndWl1, sndWnd, maxWindow, rcvWnd, rcvWup uint32 }

func enterRepair(fd int) error { return setTCP(fd, "TCP_REPAIR", unix.TCP_REPAIR, unix.TCP_REPAIR_ON) }

func setFINTimeout(fd, seconds int) error {
	return setTCP(fd, "TCP_LINGER2", unix.TCP_LINGER2, seconds)
}

// readNumbers enters repair mode and leaves it by TCP_REPAIR_OFF_NO_WP, which
// sends no window probe. What else the mode changes is put back: SO_REUSEADDR,
// and the queue that was chosen.
func readNumbers(fd int) (SeqState, error) {
	reuse, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR)
	if err != nil {
		return SeqState{}, os.NewSyscallError("getsockopt SO_REUSEADDR", err)
	}
	if err := enterRepair(fd); err != nil {
		return SeqState{}, err
	}
	n, readErr := readQueues(fd)
	err = errors.Join(readErr,
		setTCP(fd, "TCP_REPAIR_QUEUE", unix.TCP_REPAIR_QUEUE, noQueue),
		setTCP(fd, "TCP_REPAIR", unix.TCP_REPAIR, unix.TCP_REPAIR_OFF_NO_WP),
		os.NewSyscallError("setsockopt SO_REUSEADDR", unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, reuse)))
	if err != nil {
		return SeqState{}, err
	}
	return n.state(), nil
}

// numbers is what the kernel tells.
type numbers struct {
	written uint32 // the send queue's end (write_seq)
	unsent  int    // of it not sent yet
	unacked int    // of it not acknowledged yet, the unsent included
	rcvNxt  uint32
	window  repairWindow
	early   bool // SYN_SENT or SYN_RECV, where the kernel's counts are 0
}

func (n numbers) state() SeqState {
	s := SeqState{
		SndNxt: n.written - uint32(n.unsent), SndUna: n.written - uint32(n.unacked), SndWnd: n.window.sndWnd,
		RcvNxt: n.rcvNxt, RcvWup: n.window.rcvWup,
	}
	if n.early {
		s.SndUna = s.SndNxt - 1 // the SYN
	}
	// The edge can be behind RcvNxt only after the window shrank.
	if edge := n.window.rcvWup + n.window.rcvWnd; int32(edge-n.rcvNxt) > 0 {
		s.RcvWnd = edge - n.rcvNxt
	}
	return s
}

func readQueues(fd int) (n numbers, err error) {
	// First: while the send queue is chosen, what would be sent is not.
	if n.rcvNxt, err = queueSeq(fd, receiveQueue); err != nil {
		return n, err
	}
	size := uint32(unsafe.Sizeof(n.window))
	if _, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.IPPROTO_TCP, unix.TCP_REPAIR_WINDOW,
		uintptr(unsafe.Pointer(&n.window)), uintptr(unsafe.Pointer(&size)), 0); errno != 0 {
		return n, os.NewSyscallError("getsockopt TCP_REPAIR_WINDOW", errno)
	}
	info, err := unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return n, os.NewSyscallError("getsockopt TCP_INFO", err)
	}
	n.early = info.State == synSent || info.State == synRecv
	if n.unsent, err = unix.IoctlGetInt(fd, unix.SIOCOUTQNSD); err != nil {
		return n, os.NewSyscallError("ioctl SIOCOUTQNSD", err)
	}
	if n.unacked, err = unix.IoctlGetInt(fd, unix.SIOCOUTQ); err != nil {
		return n, os.NewSyscallError("ioctl SIOCOUTQ", err)
	}
	n.written, err = queueSeq(fd, sendQueue)
	return n, err
}

// queueSeq returns the number at the end of a queue.
func queueSeq(fd, queue int) (uint32, error) {
	if err := setTCP(fd, "TCP_REPAIR_QUEUE", unix.TCP_REPAIR_QUEUE, queue); err != nil {
		return 0, err
	}
	seq, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_QUEUE_SEQ)
	return uint32(seq), os.NewSyscallError("getsockopt TCP_QUEUE_SEQ", err)
}

func setTCP(fd int, name string, option, value int) error {
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_TCP, option, value); err != nil {
		return fmt.Errorf("setsockopt %s %d: %w", name, value, err)
	}
	return nil
}
