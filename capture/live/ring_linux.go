//go:build linux && (!cgo || purego)

package live

import (
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ring is memory shared with the kernel, divided into frames of equal size.
// The kernel fills them in turn and marks each as ours; we mark it as the
// kernel's again when we have read it (Documentation/networking/
// packet_mmap.rst). If the next frame is not free, the kernel drops.
type ring struct {
	mem    []byte
	layout unix.TpacketReq
	at     uint32 // the frame that was returned last, or is to be filled next
	ours   bool   // the kernel has given it to us
}

const (
	// headerRoom is what the kernel puts in front of a frame's octets: its
	// header and the address, and padding up to the network header
	// (tpacket_rcv in net/packet/af_packet.c).
	headerRoom = 80
	// minBlock is the size of the kernel's allocations: large enough to waste
	// little, small enough to be found in fragmented memory.
	minBlock = 64 << 10
)

// layoutRing divides buffer octets into frames of snap octets of data.
func layoutRing(snap, buffer int) unix.TpacketReq {
	frame := uint32(align(headerRoom+snap, unix.TPACKET_ALIGNMENT))
	block := uint32(max(minBlock, os.Getpagesize()))
	for block < frame {
		block *= 2
	}
	blocks := max(2, uint32(buffer)/block)
	return unix.TpacketReq{
		Block_size: block,
		Block_nr:   blocks,
		Frame_size: frame,
		Frame_nr:   blocks * (block / frame),
	}
}

// mapRing gives the socket a ring and maps it. The memory is the kernel's and
// not limited by net.core.rmem_max.
func mapRing(fd int, o Options) (ringed, error) {
	layout := layoutRing(o.SnapLen, o.Buffer)
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V2); err != nil {
		return nil, os.NewSyscallError("setsockopt PACKET_VERSION", err)
	}
	if err := unix.SetsockoptTpacketReq(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &layout); err != nil {
		return nil, os.NewSyscallError("setsockopt PACKET_RX_RING", err)
	}
	mem, err := mapped(fd, int(layout.Block_size)*int(layout.Block_nr))
	if err != nil {
		return nil, err
	}
	return &ring{mem: mem, layout: layout}, nil
}

func (r *ring) unmap() error { return unmap(&r.mem) }

// next gives back the frame that it returned before, and passes over the outgoing
// copies of loopback frames, if there are any.
func (r *ring) next() (record, bool) {
	for {
		header, frame := r.current()
		if r.ours {
			atomic.StoreUint32(&header.Status, unix.TP_STATUS_KERNEL)
			r.at = (r.at + 1) % r.layout.Frame_nr
			header, frame = r.current()
		}
		// The kernel writes the status last, and looks at it first.
		if r.ours = atomic.LoadUint32(&header.Status)&unix.TP_STATUS_USER != 0; !r.ours {
			return record{}, false
		}
		if rec, incoming := readFrame(header, frame); incoming {
			return rec, true
		}
	}
}

// current returns the frame to be filled next, and its header. Frames do not
// cross blocks, so a block may end with unused octets.
func (r *ring) current() (*unix.Tpacket2Hdr, []byte) {
	perBlock := r.layout.Block_size / r.layout.Frame_size
	start := int(r.at/perBlock)*int(r.layout.Block_size) + int(r.at%perBlock)*int(r.layout.Frame_size)
	frame := r.mem[start : start+int(r.layout.Frame_size)]
	return (*unix.Tpacket2Hdr)(unsafe.Pointer(&frame[0])), frame
}

// readFrame reads a frame that belongs to us; incoming is false for an
// outgoing copy.
func readFrame(header *unix.Tpacket2Hdr, frame []byte) (rec record, incoming bool) {
	at := align(unix.SizeofTpacket2Hdr, unix.TPACKET_ALIGNMENT)
	address := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&frame[at]))
	if address.Pkttype == unix.PACKET_OUTGOING {
		return record{}, false
	}
	octets := frame[header.Mac : uint32(header.Mac)+header.Snaplen]
	return record{
		data: octets,
		wire: int(header.Len),
		time: time.Unix(int64(header.Sec), int64(header.Nsec)),
	}, true
}
