package live

import (
	"net"
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// openBatched opens a capture that takes as little as it can from whoever is watched: the
// kernel keeps one copy of each frame, wakes the reader for a block of them, and each
// costs it no call into a library.
func openBatched(ifi net.Interface, o Options) (source, error) {
	return openPackets(ifi, o, mapBlocks)
}

// blocks is memory shared with the kernel, divided into blocks that it fills in turn
// with frames of any length, and gives us when they are full or some time has
// passed (TPACKET_V3, Documentation/networking/packet_mmap.rst). We give each back
// once we have read it; where the next is not free, the kernel drops.
type blocks struct {
	mem   []byte
	size  int    // of a block
	at    int    // where the block begins that is read, or to be filled next
	frame int    // where in mem the next frame begins
	left  uint32 // how many frames of the block have not been read
	ours  bool   // the kernel has given it to us
}

const (
	// retire is after how many milliseconds a block that has frames is given to us.
	retire = 10
	// wantedBlock is as large as a block is where frames are not longer.
	wantedBlock = 128 << 10
	// blockRoom is more than the kernel puts in front of a block's frames, and frameRoom what
	// it puts in front of a frame's octets: its header and the address, and padding up to
	// the network header (tpacket_rcv in net/packet/af_packet.c).
	blockRoom, frameRoom = 128, 96
)

// layoutBlocks divides buffer octets into blocks that have room for snap octets of data.
func layoutBlocks(snap, buffer int) unix.TpacketReq3 {
	frame := uint32(align(frameRoom+snap, unix.TPACKET_ALIGNMENT))
	block := uint32(max(wantedBlock, os.Getpagesize()))
	for block < frame+blockRoom {
		block *= 2
	}
	number := max(2, uint32(buffer)/block)
	return unix.TpacketReq3{
		Block_size: block, Block_nr: number,
		Frame_size: frame, Frame_nr: number * (block / frame),
		Retire_blk_tov: retire,
	}
}

// mapBlocks gives the socket such a ring and maps it.
func mapBlocks(fd int, o Options) (ringed, error) {
	layout := layoutBlocks(o.SnapLen, o.Buffer)
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_VERSION, unix.TPACKET_V3); err != nil {
		return nil, os.NewSyscallError("setsockopt PACKET_VERSION", err)
	}
	if err := unix.SetsockoptTpacketReq3(fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &layout); err != nil {
		return nil, os.NewSyscallError("setsockopt PACKET_RX_RING", err)
	}
	mem, err := mapped(fd, int(layout.Block_size)*int(layout.Block_nr))
	if err != nil {
		return nil, err
	}
	return &blocks{mem: mem, size: int(layout.Block_size)}, nil
}

func (b *blocks) unmap() error { return unmap(&b.mem) }

// next passes over the outgoing copies of loopback frames, if there are any.
func (b *blocks) next() (record, bool) {
	for {
		if b.left == 0 && !b.begin() {
			return record{}, false
		}
		b.left--
		if rec, incoming := b.read(); incoming {
			return rec, true
		}
	}
}

// head returns the head of the block that is read.
func (b *blocks) head() *unix.TpacketHdrV1 {
	desc := (*unix.TpacketBlockDesc)(unsafe.Pointer(&b.mem[b.at]))
	return (*unix.TpacketHdrV1)(unsafe.Pointer(&desc.Hdr[0]))
}

// begin gives back the block that has been read, and begins the next, if the kernel has
// given that to us.
func (b *blocks) begin() bool {
	for {
		head := b.head()
		if b.ours {
			atomic.StoreUint32(&head.Block_status, unix.TP_STATUS_KERNEL)
			b.at = (b.at + b.size) % len(b.mem)
			head = b.head()
		}
		// The kernel writes the status last, and looks at it first.
		if b.ours = atomic.LoadUint32(&head.Block_status)&unix.TP_STATUS_USER != 0; !b.ours {
			return false
		}
		if b.left = head.Num_pkts; b.left > 0 {
			b.frame = b.at + int(head.Offset_to_first_pkt)
			return true
		}
	}
}

// read returns the next frame of the block; incoming is false for an outgoing copy.
func (b *blocks) read() (rec record, incoming bool) {
	frame := b.mem[b.frame : b.at+b.size]
	header := (*unix.Tpacket3Hdr)(unsafe.Pointer(&frame[0]))
	b.frame += int(header.Next_offset)
	address := (*unix.RawSockaddrLinklayer)(unsafe.Pointer(&frame[align(unix.SizeofTpacket3Hdr, unix.TPACKET_ALIGNMENT)]))
	if address.Pkttype == unix.PACKET_OUTGOING {
		return record{}, false
	}
	return record{
		data: frame[header.Mac : uint32(header.Mac)+header.Snaplen],
		wire: int(header.Len),
		time: time.Unix(int64(header.Sec), int64(header.Nsec)),
	}, true
}
