package live

import (
	"os"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestLayoutBlocks checks what packet_set_ring in net/packet/af_packet.c demands.
func TestLayoutBlocks(t *testing.T) {
	for _, snap := range []int{1, 96, 128, 512, 1500, 65536, 65535, maxSnapLen} {
		for _, buffer := range []int{1, 100_000, 8 << 20, 64 << 20, maxBuffer} {
			l := layoutBlocks(snap, buffer)
			size := int(l.Block_size) * int(l.Block_nr)
			if int(l.Block_size)%os.Getpagesize() != 0 || l.Frame_size%unix.TPACKET_ALIGNMENT != 0 ||
				l.Frame_nr != l.Block_nr*(l.Block_size/l.Frame_size) || l.Frame_size > l.Block_size {
				t.Errorf("snap length %d, buffer %d: %+v", snap, buffer, l)
			}
			if int(l.Block_size) < snap+frameRoom+blockRoom || (l.Block_nr > 2 && size > buffer) || l.Block_nr < 2 || l.Retire_blk_tov == 0 {
				t.Errorf("snap length %d, buffer %d: %+v", snap, buffer, l)
			}
		}
	}
}

// TestBlocksNext walks around blocks that the test fills in the kernel's place, with
// as many frames as the turn says, outgoing copies between them.
func TestBlocksNext(t *testing.T) {
	const size, number = 1024, 3
	words := make([]uint64, size*number/8) // aligned as the kernel's memory is
	b := blocks{size: size, mem: unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), size*number)}
	octet := byte('a')
	for turn := range 3 * number {
		if rec, ok := b.next(); ok {
			t.Fatalf("turn %d: %q from blocks that are the kernel's", turn, rec.data)
		}
		frames := turn % 4 // none, too
		block := b.mem[turn%number*size:][:size]
		fillBlock(block, frames, octet)
		for n := range frames {
			if n%3 == 1 {
				continue // it is going out
			}
			rec, ok := b.next()
			if want := string([]byte{octet + byte(n), '!'}); !ok || string(rec.data) != want || rec.wire != 1000 || !rec.time.Equal(time.Unix(1700000000, 7)) {
				t.Errorf("turn %d, frame %d: %+v, not %q", turn, n, rec, want)
			}
		}
		if rec, ok := b.next(); ok {
			t.Errorf("turn %d: %q too many", turn, rec.data)
		}
		// It is told when something is asked for again, for frames are not copied.
		if status := (*unix.TpacketHdrV1)(unsafe.Pointer(&block[8])).Block_status; status != unix.TP_STATUS_KERNEL {
			t.Errorf("turn %d: the block was not given back", turn)
		}
		octet += byte(frames)
	}
}

// fillBlock writes frames of two octets as the kernel would, every third but one an
// outgoing copy, and gives the block to us.
func fillBlock(block []byte, frames int, octet byte) {
	const first, stride = 64, 160
	head := (*unix.TpacketHdrV1)(unsafe.Pointer(&block[8]))
	*head = unix.TpacketHdrV1{Block_status: unix.TP_STATUS_USER, Num_pkts: uint32(frames), Offset_to_first_pkt: first}
	for n := range frames {
		frame := block[first+n*stride:]
		h := (*unix.Tpacket3Hdr)(unsafe.Pointer(&frame[0]))
		*h = unix.Tpacket3Hdr{Next_offset: stride, Len: 1000, Snaplen: 2, Mac: 82, Sec: 1700000000, Nsec: 7}
		kind := uint8(unix.PACKET_HOST)
		if n%3 == 1 {
			kind = unix.PACKET_OUTGOING
		}
		(*unix.RawSockaddrLinklayer)(unsafe.Pointer(&frame[48])).Pkttype = kind
		frame[82], frame[83] = octet+byte(n), '!'
	}
}
