package capture

import (
	"net/netip"
	"time"
)

// Segment is one TCP segment as it was captured.
type Segment struct {
	ID       int            // its place in the run, from 1; 0 until a run numbers it
	Time     time.Time      // the kernel's stamp, nanoseconds; taken before the receiving socket sees the segment
	Src, Dst netip.AddrPort // as in the headers
	Flags    Flags
	Seq      Seq
	Ack      Seq // meaningful if Flags has ACK
	Window   int // the header field, 0 to 65535, not scaled
	Len      int // octets of payload on the wire, also where the frame was cut short
	Options  Options
	TTL      uint8  // time to live, or hop limit
	IPID     uint16 // IPv4 identification; 0 in IPv6
	Fragment bool   // the first fragment of a larger datagram: Len covers this fragment alone
	ICMP     ICMP   // if set this is an ICMP error, and the fields above but Time are those of the segment that it quotes
	Frame    Frame
}

// End returns the sequence number after the segment: SYN and FIN occupy one
// each (RFC 9293 §3.4).
func (s *Segment) End() Seq {
	n := s.Len
	if s.Flags.Has(SYN) {
		n++
	}
	if s.Flags.Has(FIN) {
		n++
	}
	return s.Seq.Add(n)
}

// Options are the TCP options that the endpoint model reads. A zero value
// means that the option was absent.
type Options struct {
	MSS           uint16
	WindowScale   uint8 // the shift, 0 to 14 (RFC 7323 §2.3); see HasScale
	HasScale      bool
	SACKPermitted bool
	HasTimestamps bool
	TSVal, TSEcr  uint32 // RFC 7323 §3
	SACK          [4]Block
	SACKBlocks    uint8 // how many of SACK are set
	MPTCP         bool  // an option of kind 30 was present (RFC 8684)
}

// Block is one SACK block, [Left, Right) (RFC 2018 §3).
type Block struct{ Left, Right Seq }

// LinkType is a pcap link-layer header type, as in the LINKTYPE_ registry. It
// is 32 bits wide because newer types (LINUX_SLL2 is 276) do not fit a byte.
type LinkType uint32

// The link types that [Decode] reads.
const (
	LinkNull     LinkType = 0   // BSD loopback, 4-byte family in the writer's byte order
	LinkEthernet LinkType = 1   // also Linux's lo
	LinkRaw      LinkType = 101 // an IP datagram without a link header
	LinkLoop     LinkType = 108 // OpenBSD loopback, family in network byte order
	LinkCooked   LinkType = 113 // LINUX_SLL: what a capture on all interfaces gives on Linux
	LinkIPv4     LinkType = 228 // an IPv4 datagram
	LinkIPv6     LinkType = 229 // an IPv6 datagram
	LinkCooked2  LinkType = 276 // LINUX_SLL2, with the interface's number
)

// Frame is a captured frame as it left the interface.
type Frame struct {
	Link LinkType
	Data []byte // the octets captured; do not modify
	Wire int    // how many octets the frame had on the wire, at least len(Data)
}

// Stats are a capture's counters, after the filter; each loopback frame counts
// once.
type Stats struct {
	Delivered uint64 // frames handed to the reader
	Dropped   uint64 // frames that the kernel or the interface lost for want of room
}
