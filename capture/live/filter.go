package live

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/net/bpf"

	"github.com/rstwatch/rstwatch/capture"
)

// Offsets and values in the headers that the filter looks at (RFC 791 §3.1,
// RFC 8200 §3, RFC 792, RFC 4443 §2.1).
const (
	etherTypeAt = 12
	etherLen    = 14
	loopbackLen = 4

	etherTypeIPv4 = 0x0800
	etherTypeIPv6 = 0x86dd

	ipv4FragmentAt = 6
	ipv4ProtocolAt = 9
	ipv6NextAt     = 6
	ipv6Len        = 40
	icmpLen        = 8

	fragmentOffset = 0x1fff // of the IPv4 flags and fragment offset
	lengthBits     = 0x0f   // of the first octet of IPv4, in words of four octets

	protocolICMP   = 1
	protocolTCP    = 6
	protocolICMPv6 = 58

	unreachable      = 3 // ICMP
	timeExceeded     = 11
	parameterProblem = 12
	firstInformation = 128 // ICMPv6: below are the errors
)

// filter returns the program that a device filters with.
func (o Options) filter(link capture.LinkType) ([]bpf.Instruction, error) {
	if o.AllPorts {
		return tcpFilter(link, o.SnapLen)
	}
	return portFilter(link, o.Ports, o.SnapLen)
}

// tcpFilter is portFilter for any ports.
func tcpFilter(link capture.LinkType, snap int) ([]bpf.Instruction, error) {
	program, err := portFilter(link, []uint16{1}, snap)
	if err != nil {
		return nil, err
	}
	tests := len(portTests(0, []uint16{1}, snap))
	return append(program[:len(program)-tests], bpf.RetConstant{Val: uint32(snap)}), nil
}

// portFilter returns the program that accepts snap octets of a TCP segment
// with one of ports as its source or destination, over IPv4 (with options, but
// not a later fragment, which has no ports) and IPv6 (without extension
// headers), and of an ICMP or ICMPv6 error that quotes such a segment. All
// backends use it; link is LinkEthernet, LinkNull or LinkLoop.
//
//	    A = family        4 → v4, 6 → v6, else reject
//	v6: TCP?              X = 40; → ports
//	    ICMPv6 error about TCP?  X = 40 + 8 + 40; → ports
//	v4: fragment offset 0?
//	    TCP?              X = header length; → ports
//	    ICMP error about TCP, its quotation no later fragment?
//	                      X = header length + 8 + quoted header length
//	ports: source among ports?  destination among ports?  accept, else reject
//
// A load beyond the end of the frame rejects it.
func portFilter(link capture.LinkType, ports []uint16, snap int) ([]bpf.Instruction, error) {
	ports = slices.Compact(slices.Sorted(slices.Values(ports)))
	if len(ports) == 0 || ports[0] == 0 {
		return nil, errors.New("a filter needs ports, none of them 0")
	}
	if snap < 1 || snap > maxSnapLen {
		return nil, fmt.Errorf("a filter can not keep %d octets", snap)
	}
	ip, err := datagramAt(link)
	if err != nil {
		return nil, err
	}
	v4 := ipv4Test(ip)
	v6 := ipv6Test(ip, len(v4))
	program := slices.Concat(familyTest(link, len(v6)), v6, v4, portTests(ip, ports, snap))
	if len(program) > maxInstructions {
		return nil, fmt.Errorf("%d ports are too many for a kernel filter of %d instructions", len(ports), maxInstructions)
	}
	return program, nil
}

// datagramAt returns where the IP header begins.
func datagramAt(link capture.LinkType) (uint32, error) {
	switch link {
	case capture.LinkEthernet:
		return etherLen, nil
	case capture.LinkNull, capture.LinkLoop:
		return loopbackLen, nil
	}
	return 0, fmt.Errorf("link type %d: %w", link, capture.ErrLinkType)
}

// familyTest goes on at the following instruction for IPv6, and behind the v6
// instructions that follow for IPv4.
func familyTest(link capture.LinkType, v6 int) []bpf.Instruction {
	var load []bpf.Instruction
	var four, six uint32
	if link == capture.LinkEthernet {
		four, six = etherTypeIPv4, etherTypeIPv6
		load = []bpf.Instruction{bpf.LoadAbsolute{Off: etherTypeAt, Size: 2}}
	} else {
		// The number of the family depends on the system and its byte order; the
		// version field of the datagram says the same.
		four, six = 4, 6
		load = []bpf.Instruction{
			bpf.LoadAbsolute{Off: loopbackLen, Size: 1},
			bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4},
		}
	}
	return append(load,
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: six, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: four, SkipTrue: uint8(1 + v6)},
		bpf.RetConstant{Val: 0},
	)
}

// ipv6Test leaves in X how far behind the start of the datagram the ports are,
// and goes on behind the v4 instructions that follow it.
func ipv6Test(ip uint32, v4 int) []bpf.Instruction {
	about := []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolICMPv6, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadAbsolute{Off: ip + ipv6Len, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: firstInformation, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadAbsolute{Off: ip + ipv6Len + icmpLen + ipv6NextAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolTCP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadConstant{Dst: bpf.RegX, Val: ipv6Len + icmpLen + ipv6Len},
		bpf.Jump{Skip: uint32(v4)},
	}
	return append([]bpf.Instruction{
		bpf.LoadAbsolute{Off: ip + ipv6NextAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: protocolTCP, SkipTrue: 2},
		bpf.LoadConstant{Dst: bpf.RegX, Val: ipv6Len},
		bpf.Jump{Skip: uint32(len(about) + v4)},
	}, about...)
}

// ipv4Test leaves in X how far behind the start of the datagram the ports are.
func ipv4Test(ip uint32) []bpf.Instruction {
	about := icmpTest(ip)
	return append([]bpf.Instruction{
		bpf.LoadAbsolute{Off: ip + ipv4FragmentAt, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: fragmentOffset, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadMemShift{Off: ip},
		bpf.LoadAbsolute{Off: ip + ipv4ProtocolAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolTCP, SkipTrue: uint8(len(about))},
	}, about...)
}

// icmpTest looks at an ICMP message, X octets behind the start of the datagram,
// whose protocol is in A.
func icmpTest(ip uint32) []bpf.Instruction {
	quoted := ip + icmpLen
	return []bpf.Instruction{
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolICMP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadIndirect{Off: ip, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: unreachable, SkipTrue: 3},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: timeExceeded, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: parameterProblem, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadIndirect{Off: quoted + ipv4ProtocolAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolTCP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadIndirect{Off: quoted + ipv4FragmentAt, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: fragmentOffset, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadIndirect{Off: quoted, Size: 1},
		bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: lengthBits},
		bpf.ALUOpConstant{Op: bpf.ALUOpShiftLeft, Val: 2},
		bpf.ALUOpX{Op: bpf.ALUOpAdd},
		bpf.ALUOpConstant{Op: bpf.ALUOpAdd, Val: icmpLen},
		bpf.TAX{},
	}
}

// portTests compares the two ports of the TCP header at ip+X. Each port has a
// return of its own, because a conditional jump reaches only 255 instructions.
func portTests(ip uint32, ports []uint16, snap int) []bpf.Instruction {
	var program []bpf.Instruction
	for _, at := range []uint32{ip, ip + 2} {
		program = append(program, bpf.LoadIndirect{Off: at, Size: 2})
		for _, port := range ports {
			program = append(program,
				bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1},
				bpf.RetConstant{Val: uint32(snap)})
		}
	}
	return append(program, bpf.RetConstant{Val: 0})
}
