// Package live captures TCP segments from the loopback interface while they
// are on their way.
//
// [Open] gives a [Handle] that sees the segments of chosen ports and nothing
// else: the filter runs in the kernel, and no frame that came before it was in
// place gets through. Each segment on loopback is delivered once, although the
// kernel shows a raw socket both its outgoing and its incoming copy.
//
// Three backends do the work, one per build, named by [Backend]:
//
//   - libpcap, through gopacket: Linux and macOS, built with cgo and without
//     the tag purego.
//   - af_packet: Linux otherwise, and in every build for batches. A ring of frames
//     shared with the kernel.
//   - bpf: macOS otherwise. A /dev/bpf device.
//
// On Linux both backends stamp frames in nanoseconds, keep a kernel buffer of
// the size asked for, count what the kernel dropped, and deliver a segment
// within some tens of microseconds, unless batches were asked for. On macOS the
// kernel stamps in microseconds and limits the buffer (sysctl debug.bpf_maxbufsize,
// usually 512 KiB).
//
// One goroutine reads; any other may ask for counts or close:
//
//	h, err := live.Open(live.Options{Ports: []uint16{8080}})
//	if err != nil {
//		return err // errors.Is(err, live.ErrPermission): not without CAP_NET_RAW
//	}
//	stop := context.AfterFunc(ctx, func() { h.Close() })
//	defer stop()
//	for {
//		frame, stamp, err := h.Read()
//		if err == io.EOF {
//			return nil
//		}
//		if err != nil {
//			return err
//		}
//		segment, err := capture.Decode(stamp, frame)
//		…
//	}
//
// A handle knows nothing of readiness: whoever needs to know that it captures
// sends a segment and waits until it has been read.
package live
