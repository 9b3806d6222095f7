// Package capture holds what the wire said: TCP segments as values.
//
// A [Segment] is one captured frame, decoded: addresses, flags, sequence and
// acknowledgement numbers, the options the endpoint model needs, and the frame
// itself for export. [Decode] makes one from the raw bytes of a frame without
// allocating. Nothing here opens a handle or a file: capture/live reads an
// interface, capture/file reads and writes pcap and pcapng.
//
// Sequence numbers are of type [Seq], whose arithmetic wraps modulo 2³², so
// that a comparison with < can not be written by accident where
// [Seq.Before] is meant (RFC 9293 §3.4).
package capture
