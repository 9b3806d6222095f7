//go:build linux && (!cgo || purego)

package live

import (
	"os"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// TestLayoutRing checks what packet_set_ring in net/packet/af_packet.c demands.
func TestLayoutRing(t *testing.T) {
	for _, snap := range []int{1, 96, 128, 512, 1500, 65536, 65535, maxSnapLen} {
		for _, buffer := range []int{1, 100_000, 8 << 20, 64 << 20, maxBuffer} {
			l := layoutRing(snap, buffer)
			size := int(l.Block_size) * int(l.Block_nr)
			if int(l.Block_size)%os.Getpagesize() != 0 || l.Frame_size%unix.TPACKET_ALIGNMENT != 0 ||
				l.Frame_nr != l.Block_nr*(l.Block_size/l.Frame_size) || l.Frame_size > l.Block_size {
				t.Errorf("snap length %d, buffer %d: %+v", snap, buffer, l)
			}
			if int(l.Frame_size) < snap+headerRoom || (l.Block_nr > 2 && size > buffer) || l.Frame_nr < 2 {
				t.Errorf("snap length %d, buffer %d: %+v", snap, buffer, l)
			}
		}
	}
}

// TestRingNext walks around a ring that the test fills in the kernel's place,
// with outgoing copies between the frames.
func TestRingNext(t *testing.T) {
	layout := unix.TpacketReq{Block_size: 512, Block_nr: 2, Frame_size: 160, Frame_nr: 6}
	words := make([]uint64, 1024/8) // aligned as the kernel's memory is
	r := ring{layout: layout, mem: unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), 1024)}
	starts := []int{0, 160, 320, 512, 672, 832} // 32 octets of each block stay unused
	for n := range 4 * len(starts) {
		if rec, ok := r.next(); ok {
			t.Fatalf("frame %d: %q from an empty ring", n, rec.data)
		}
		kind := uint8(unix.PACKET_HOST)
		if n%3 == 1 {
			kind = unix.PACKET_OUTGOING
		}
		fill(r.mem[starts[n%len(starts)]:], kind, byte('a'+n))
		rec, ok := r.next()
		if want := kind == unix.PACKET_HOST; ok != want {
			t.Fatalf("frame %d of kind %d: ok is %v", n, kind, ok)
		}
		if !ok {
			continue
		}
		if string(rec.data) != string([]byte{byte('a' + n), '!'}) || rec.wire != 1000 || !rec.time.Equal(time.Unix(1700000000, 7)) {
			t.Errorf("frame %d: %+v", n, rec)
		}
	}
}

// fill writes a frame of two octets as the kernel would.
func fill(frame []byte, kind, octet byte) {
	h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&frame[0]))
	*h = unix.Tpacket2Hdr{Status: unix.TP_STATUS_USER, Len: 1000, Snaplen: 2, Mac: 66, Sec: 1700000000, Nsec: 7}
	(*unix.RawSockaddrLinklayer)(unsafe.Pointer(&frame[32])).Pkttype = kind
	frame[66], frame[67] = octet, '!'
}
