package live

import (
	"errors"
	"fmt"
	"slices"

	"golang.org/x/net/bpf"

	"github.com/rstwatch/rstwatch/capture"
)

// Offsets and values in the headers that the filter looks at (RFC 791 §3.1,
// RFC 8200 §3).
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

	fragmentOffset = 0x1fff // of the IPv4 flags and fragment offset
	protocolTCP    = 6
)

// portFilter returns the program that accepts snap octets of a TCP segment
// with one of ports as its source or destination, over IPv4 (with options, but
// not a later fragment, which has no ports) and IPv6 (without extension
// headers). All backends use it; link is LinkEthernet, LinkNull or LinkLoop.
//
//	    A = family        4 → v4, 6 → v6, else reject
//	v6: next header TCP?  X = 40; → ports
//	v4: protocol TCP?     fragment offset 0?  X = header length
//	ports: source among ports?  destination among ports?  accept, else reject
//
// A load beyond the end of the frame rejects it.
func portFilter(link capture.LinkType, ports []uint16, snap int) ([]bpf.Instruction, error) {
	family, ip, err := familyTest(link)
	if err != nil {
		return nil, err
	}
	ports = slices.Compact(slices.Sorted(slices.Values(ports)))
	if len(ports) == 0 || ports[0] == 0 {
		return nil, errors.New("a filter needs ports, none of them 0")
	}
	if snap < 1 || snap > maxSnapLen {
		return nil, fmt.Errorf("a filter can not keep %d octets", snap)
	}
	v4 := ipv4Test(ip)
	v6 := append(ipv6Test(ip), bpf.Jump{Skip: uint32(len(v4))})
	program := slices.Concat(family, v6, v4, portTests(ip, ports, snap))
	if len(program) > maxInstructions {
		return nil, fmt.Errorf("%d ports are too many for a kernel filter of %d instructions", len(ports), maxInstructions)
	}
	return program, nil
}

// familyTest goes on at the following instruction for IPv6 and ipv6TestLen
// instructions further for IPv4. It also returns where the IP header begins.
func familyTest(link capture.LinkType) (program []bpf.Instruction, ip uint32, err error) {
	var load []bpf.Instruction
	var four, six uint32
	switch link {
	case capture.LinkEthernet:
		ip, four, six = etherLen, etherTypeIPv4, etherTypeIPv6
		load = []bpf.Instruction{bpf.LoadAbsolute{Off: etherTypeAt, Size: 2}}
	case capture.LinkNull, capture.LinkLoop:
		// The number of the family depends on the system and its byte order; the
		// version field of the datagram says the same.
		ip, four, six = loopbackLen, 4, 6
		load = []bpf.Instruction{
			bpf.LoadAbsolute{Off: loopbackLen, Size: 1},
			bpf.ALUOpConstant{Op: bpf.ALUOpShiftRight, Val: 4},
		}
	default:
		return nil, 0, fmt.Errorf("link type %d: %w", link, capture.ErrLinkType)
	}
	return append(load,
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: six, SkipTrue: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: four, SkipTrue: 1 + ipv6TestLen},
		bpf.RetConstant{Val: 0},
	), ip, nil
}

// ipv6TestLen counts the instructions of ipv6Test and the jump after it.
const ipv6TestLen = 5

func ipv6Test(ip uint32) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: ip + ipv6NextAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolTCP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadConstant{Dst: bpf.RegX, Val: ipv6Len},
	}
}

func ipv4Test(ip uint32) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: ip + ipv4ProtocolAt, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: protocolTCP, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadAbsolute{Off: ip + ipv4FragmentAt, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsNotSet, Val: fragmentOffset, SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.LoadMemShift{Off: ip},
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
