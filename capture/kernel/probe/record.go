package probe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// recordSize is that of struct record in bpf/signals.c.
const recordSize = 160

// The flags of a record.
const (
	answers = 1 << iota
	hasSeq
	hasReason
	unfinished
	last
	peeks
	hasValue
	writes
)

const (
	familyIPv4 = 2
	familyIPv6 = 10 // Linux's AF_INET6
)

var errShort = errors.New("the record is cut short")

// table is what must be known to read records: it differs between kernels.
type table struct {
	errnos  func(int) string       // an errno's name, "" if it has none
	reasons map[uint32]string      // enum sk_rst_reason, without its prefix
	calls   map[uint16]string      // by the system call's number
	clock   func(uint64) time.Time // the time of day of a moment of CLOCK_MONOTONIC
	stack   []string               // the functions that the way to an RST is looked through for, see places
}

// parse reads one record as the programs write it, in the byte order of the
// machine: both that are built for are little endian.
func (t *table) parse(b []byte) (kernel.Signal, error) {
	if len(b) < recordSize {
		return kernel.Signal{}, fmt.Errorf("%w: %d octets of %d", errShort, len(b), recordSize)
	}
	var (
		u16 = func(at int) uint16 { return binary.LittleEndian.Uint16(b[at:]) }
		u32 = func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
		u64 = func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	)
	s := kernel.Signal{
		Time: t.clock(u64(0)), Socket: u64(16),
		PID: int(u32(36)), TID: int(u32(40)),
		Kind: kernel.Kind(b[96]), State: kernel.State(b[97]),
		Comm: text(b[104:120]),
	}
	if s.Kind.String() == "" {
		return kernel.Signal{}, fmt.Errorf("a record of unknown kind %d", b[96])
	}
	s.Local = address(u16(58), b[64:80], u16(60))
	s.Remote = address(u16(58), b[80:96], u16(62))
	result := int64(u64(24))
	switch s.Kind {
	case kernel.SendReset:
		t.reset(&s, b[99], b[100], u32(44))
		for _, n := range b[144:160] {
			if n > 0 && int(n) <= len(t.stack) {
				s.Stack = append(s.Stack, t.stack[n-1])
			}
		}
	case kernel.ErrorReport:
		s.Errno = t.errno(int64(int32(u32(48))))
	case kernel.SetState:
		s.Before = kernel.State(b[98])
	case kernel.Fork:
		s.Parent = int(int32(result))
	case kernel.SendLength, kernel.RecvLength:
		s.N, s.Errno = t.outcome(result)
	case kernel.Return:
		if s.N, s.Errno = t.outcome(result); b[100]&unfinished != 0 {
			s.N, s.Unfinished = 0, true
		}
		s.Made, s.Asked, s.Last, s.Peeks = u64(120), int(int64(u64(128))), b[100]&last != 0, b[100]&peeks != 0
		s.Writes = b[100]&writes != 0
		if b[100]&hasValue != 0 {
			s.Value, s.HasValue = int(int64(u64(136))), true
		}
		s.Start, s.FD, s.Call = t.clock(u64(8)), int(int32(u32(52))), t.calls[u16(56)]
	}
	return s, nil
}

// reset fills in what only an RST has.
func (t *table) reset(s *kernel.Signal, reason, flags byte, seq uint32) {
	s.Answers = flags&answers != 0
	if flags&hasSeq != 0 {
		s.Seq, s.HasSeq = seq, true
	}
	if flags&hasReason == 0 {
		return
	}
	var known bool
	if s.Reason, known = t.reasons[uint32(reason)]; !known {
		s.Reason = fmt.Sprintf("REASON_%d", reason)
	}
}

// outcome takes apart what a call of the kernel returned: a number, or an
// errno made negative (at most 4095, MAX_ERRNO).
func (t *table) outcome(result int64) (n int, failed string) {
	if e := t.errno(-result); e != "" {
		return 0, e
	}
	return int(result), ""
}

// errno names an errno, and returns "" for a number that is none.
func (t *table) errno(n int64) string {
	if n <= 0 || n > 4095 {
		return ""
	}
	if name := t.errnos(int(n)); name != "" {
		return name
	}
	return fmt.Sprintf("ERRNO_%d", n)
}

// address returns an address and port, unmapped, or none for a family that is
// not IP.
func address(family uint16, octets []byte, port uint16) netip.AddrPort {
	switch family {
	case familyIPv4:
		octets = octets[:4]
	case familyIPv6:
	default:
		return netip.AddrPort{}
	}
	addr, _ := netip.AddrFromSlice(octets)
	return netip.AddrPortFrom(addr.Unmap(), port)
}

// text is a C string, up to its end.
func text(b []byte) string {
	before, _, _ := bytes.Cut(b, []byte{0})
	return string(before)
}
