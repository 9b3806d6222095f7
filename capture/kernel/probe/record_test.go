package probe

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"net/netip"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// known is a table for a kernel that has one reason and one call.
func known() *table {
	return &table{
		errnos:  func(n int) string { return map[int]string{104: "ECONNRESET", 111: "ECONNREFUSED"}[n] },
		reasons: map[uint32]string{11: "TCP_ABORT_ON_CLOSE"},
		calls:   map[uint16]string{42: "connect"},
		stack:   []string{"__tcp_close", "tcp_disconnect"},
		clock:   func(ns uint64) time.Time { return time.Unix(100, int64(ns)).UTC() },
	}
}

// raw is a record as the programs write it.
type raw struct {
	at, start, cookie   uint64
	result              int64
	pid, tid, seq       uint32
	error, fd           int32
	call, family        uint16
	sport, dport        uint16
	source, destination string
	kind, state, before byte
	reason, flags       byte
	comm                string
	made                uint64
	asked, value        int64
	stack               [16]byte
}

func (r raw) bytes() []byte {
	b := make([]byte, 0, recordSize)
	for _, v := range []uint64{r.at, r.start, r.cookie, uint64(r.result)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	for _, v := range []uint32{4026531840, r.pid, r.tid, r.seq, uint32(r.error), uint32(r.fd)} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	for _, v := range []uint16{r.call, r.family, r.sport, r.dport} {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	for _, text := range []string{r.source, r.destination} {
		var octets [16]byte
		if addr, err := netip.ParseAddr(text); err == nil {
			copy(octets[:], addr.AsSlice())
		}
		b = append(b, octets[:]...)
	}
	b = append(b, r.kind, r.state, r.before, r.reason, r.flags, 0, 0, 0)
	var comm [16]byte
	copy(comm[:], r.comm)
	b = append(b, comm[:]...)
	for _, v := range []uint64{r.made, uint64(r.asked), uint64(r.value)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return append(b, r.stack[:]...)
}

func TestParse(t *testing.T) {
	when := func(ns int64) time.Time { return time.Unix(100, ns).UTC() }
	for name, c := range map[string]struct {
		raw  raw
		want kernel.Signal
	}{
		"an RST with its reason": {
			raw{at: 5, cookie: 7, pid: 1, tid: 2, seq: 1 << 31, family: 2, sport: 80, dport: 1024, source: "127.0.0.1", destination: "127.0.0.2", kind: 1, state: 7, reason: 11, flags: 2 | 4, comm: "server"},
			kernel.Signal{Time: when(5), Kind: kernel.SendReset, Socket: 7, PID: 1, TID: 2, Comm: "server", State: 7, Reason: "TCP_ABORT_ON_CLOSE", Seq: 1 << 31, HasSeq: true,
				Local: netip.MustParseAddrPort("127.0.0.1:80"), Remote: netip.MustParseAddrPort("127.0.0.2:1024")},
		},
		"a reason that this program does not know": {
			raw{family: 10, source: "::1", destination: "fe80::1", kind: 1, reason: 99, flags: 1 | 4},
			kernel.Signal{Time: when(0), Kind: kernel.SendReset, Reason: "REASON_99", Answers: true,
				Local: netip.MustParseAddrPort("[::1]:0"), Remote: netip.MustParseAddrPort("[fe80::1]:0")},
		},
		"an old kernel's RST": {
			raw{kind: 1, reason: 11, stack: [16]byte{0, 2, 0, 1, 9}},
			kernel.Signal{Time: when(0), Kind: kernel.SendReset, Stack: []string{"tcp_disconnect", "__tcp_close"}},
		},
		"an IPv4 address in IPv6": {
			raw{family: 10, sport: 1, dport: 2, source: "::ffff:127.0.0.1", destination: "::ffff:127.0.0.1", kind: 3, error: 104},
			kernel.Signal{Time: when(0), Kind: kernel.ErrorReport, Errno: "ECONNRESET",
				Local: netip.MustParseAddrPort("127.0.0.1:1"), Remote: netip.MustParseAddrPort("127.0.0.1:2")},
		},
		"a failed call": {
			raw{at: 9, start: 5, result: -111, call: 42, fd: 3, kind: 10},
			kernel.Signal{Time: when(9), Kind: kernel.Return, Start: when(5), Call: "connect", FD: 3, Errno: "ECONNREFUSED"},
		},
		"an option of a call, and a socket that it made": {
			raw{start: 5, call: 42, kind: 10, made: 9, asked: 16, value: -1, flags: 16 | 32 | 64},
			kernel.Signal{Time: when(0), Kind: kernel.Return, Start: when(5), Call: "connect", Made: 9, Asked: 16, Value: -1, HasValue: true, Last: true, Peeks: true},
		},
		"a call that has not returned": {
			raw{start: 5, result: 3, call: 42, kind: 10, flags: 8},
			kernel.Signal{Time: when(0), Kind: kernel.Return, Start: when(5), Call: "connect", Unfinished: true},
		},
		"a receive, and a name that fills its field": {
			raw{result: 65536, kind: 6, comm: "0123456789abcdef"},
			kernel.Signal{Time: when(0), Kind: kernel.RecvLength, N: 65536, Comm: "0123456789abcdef"},
		},
		"an error without a name": {
			raw{kind: 3, error: 4000},
			kernel.Signal{Time: when(0), Kind: kernel.ErrorReport, Errno: "ERRNO_4000"},
		},
		"a change of state": {
			raw{kind: 4, state: 1, before: 2},
			kernel.Signal{Time: when(0), Kind: kernel.SetState, State: 1, Before: 2},
		},
		"a fork": {
			raw{kind: 8, pid: 12, tid: 12, result: 11},
			kernel.Signal{Time: when(0), Kind: kernel.Fork, PID: 12, TID: 12, Parent: 11},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := known().parse(c.raw.bytes())
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got, cmpopts.EquateComparable(netip.AddrPort{})); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	if _, err := known().parse(make([]byte, recordSize-1)); !errors.Is(err, errShort) {
		t.Errorf("a short record gave %v", err)
	}
	for _, kind := range []byte{0, 11, 255} {
		if s, err := known().parse(raw{kind: kind}.bytes()); err == nil {
			t.Errorf("kind %d gave %+v", kind, s)
		}
	}
}

// FuzzParse: whatever stands in the ring, no record makes more of itself than a
// signal of a known kind with an errno that can be.
func FuzzParse(f *testing.F) {
	f.Add(raw{kind: 1, family: 2, flags: 7, reason: 11}.bytes())
	f.Add(raw{kind: 10, family: 10, result: -1 << 63, call: 42}.bytes())
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := known().parse(b)
		if err != nil {
			return
		}
		if s.Kind.String() == "" || s.Errno != "" && s.N != 0 || len(s.Comm) > 16 {
			t.Errorf("%x gave %+v", b, s)
		}
		if s.Local.IsValid() != s.Remote.IsValid() || s.Local.Addr().Is4In6() {
			t.Errorf("%x gave the addresses %v and %v", b, s.Local, s.Remote)
		}
	})
}
