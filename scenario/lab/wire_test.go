package lab

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"testing"
)

func TestChecksum(t *testing.T) {
	// The example of RFC 1071 §3.
	if got := checksum([]byte{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}); got != ^uint16(0xddf2) {
		t.Errorf("%#x", got)
	}
	if got := checksum([]byte{0x12}); got != ^uint16(0x1200) {
		t.Errorf("an odd octet: %#x", got)
	}
}

// bothVersions returns two addresses of each version.
func bothVersions() map[int][2]netip.AddrPort {
	return map[int][2]netip.AddrPort{
		4: {netip.MustParseAddrPort("192.0.2.1:258"), netip.MustParseAddrPort("127.0.0.1:772")},
		6: {netip.MustParseAddrPort("[2001:db8::1]:258"), netip.MustParseAddrPort("[::1]:772")},
	}
}

// headerLen returns where the header of IP ends.
func headerLen(version int) int {
	if version == 4 {
		return headerLen4
	}
	return headerLen6
}

func TestForgedDatagram(t *testing.T) {
	for version, ends := range bothVersions() {
		f := Forged{From: ends[0], To: ends[1], Flags: PSH | ACK, Seq: 0x01020304, Ack: 0x05060708, Window: 0x090a,
			TTL: 7, Payload: []byte("abc"), TSVal: 0x0b0c0d0e, TSEcr: 1}
		b, err := f.datagram()
		if err != nil {
			t.Fatal(err)
		}
		ttl, length := b[7], int(binary.BigEndian.Uint16(b[4:]))+headerLen6
		if version == 4 {
			ttl, length = b[8], int(binary.BigEndian.Uint16(b[2:]))
			if checksum(b[:headerLen4]) != 0 {
				t.Error("the checksum of the header is wrong")
			}
		}
		if int(b[0]>>4) != version || ttl != 7 || length != len(b) {
			t.Errorf("IPv%d: TTL %d, length %d of %d", version, ttl, length, len(b))
		}
		tcp := b[headerLen(version):]
		want := "\x01\x02\x03\x04" + "\x01\x02\x03\x04" + "\x05\x06\x07\x08" + "\x80\x18" + "\x09\x0a"
		rest := "\x00\x00" + "\x01\x01\x08\x0a" + "\x0b\x0c\x0d\x0e" + "\x00\x00\x00\x01" + "abc"
		if string(tcp[:16]) != want || string(tcp[18:]) != rest {
			t.Errorf("IPv%d: %x", version, tcp)
		}
		if transportChecksum(f.From.Addr(), f.To.Addr(), protocolTCP, tcp) != 0 {
			t.Errorf("IPv%d: the checksum is wrong", version)
		}
		f.BadChecksum = true
		b, err = f.datagram()
		if err != nil {
			t.Fatal(err)
		}
		if transportChecksum(f.From.Addr(), f.To.Addr(), protocolTCP, b[headerLen(version):]) == 0 {
			t.Errorf("IPv%d: the checksum is right", version)
		}
	}
}

// An address of a dual-stack socket is one of IPv4.
func TestForgedMapped(t *testing.T) {
	ends := bothVersions()[4]
	mapped := netip.AddrPortFrom(netip.AddrFrom16(ends[1].Addr().As16()), ends[1].Port())
	plain, err := Forged{From: ends[0], To: ends[1]}.datagram()
	if err != nil {
		t.Fatal(err)
	}
	got, err := Forged{From: ends[0], To: mapped}.datagram()
	if err != nil || string(got) != string(plain) {
		t.Errorf("%x, %v, want %x", got, err, plain)
	}
}

func TestICMPDatagram(t *testing.T) {
	longest := map[int]int{4: 576, 6: 1280}
	for version, ends := range bothVersions() {
		for _, payload := range []int{0, 5000} {
			e := ICMPError{From: ends[1].Addr(), Type: ICMPv4TimeExceeded, Quoted: Forged{
				From: ends[0], To: ends[1], Seq: 9, Payload: make([]byte, payload)}}
			if version == 6 {
				e.Type, e.MTU = ICMPv6PacketTooBig, 0x01020304
			}
			b, err := e.datagram()
			if err != nil {
				t.Fatal(err)
			}
			if payload == 0 && len(b) != 2*headerLen(version)+8+20 || payload > 0 && len(b) != longest[version] {
				t.Errorf("IPv%d: %d octets", version, len(b))
			}
			icmp := b[headerLen(version):]
			sum := checksum(icmp)
			if version == 6 {
				sum = transportChecksum(e.From, ends[0].Addr(), protocolICMPv6, icmp)
			}
			if sum != 0 || icmp[0] != e.Type || binary.BigEndian.Uint32(icmp[4:]) != e.MTU {
				t.Errorf("IPv%d: %x", version, icmp[:8])
			}
			quoted, err := e.Quoted.datagram()
			if err != nil || string(icmp[8:]) != string(quoted[:len(icmp)-8]) {
				t.Errorf("IPv%d: the quotation is another", version)
			}
		}
	}
}

func TestForgedInvalid(t *testing.T) {
	v4, v6 := bothVersions()[4], bothVersions()[6]
	fine := Forged{From: v4[0], To: v4[1]}
	for name, err := range map[string]error{
		"two families": second(Forged{From: v4[0], To: v6[1]}.datagram()),
		"no address":   second(Forged{From: v4[0]}.datagram()),
		"too long":     second(Forged{From: v4[0], To: v4[1], Payload: make([]byte, 1<<16)}.datagram()),

		"router of the other family": second(ICMPError{From: v6[0].Addr(), Type: ICMPv4TimeExceeded, Quoted: fine}.datagram()),
		"no router":                  second(ICMPError{Type: ICMPv4TimeExceeded, Quoted: fine}.datagram()),
		"an echo":                    second(ICMPError{From: v4[1].Addr(), Type: 8, Quoted: fine}.datagram()),
		"IPv4's kind over IPv6":      second(ICMPError{From: v6[1].Addr(), Type: ICMPv4TimeExceeded, Quoted: Forged{From: v6[0], To: v6[1]}}.datagram()),
		"an MTU of no use":           second(ICMPError{From: v4[1].Addr(), Type: ICMPv4TimeExceeded, MTU: 1400, Quoted: fine}.datagram()),
		"an MTU too large":           second(ICMPError{From: v4[1].Addr(), Type: ICMPv4Unreachable, Code: FragmentationNeeded, MTU: 1 << 16, Quoted: fine}.datagram()),
	} {
		if !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Only settings of a network have a path.
func TestSysctlPath(t *testing.T) {
	if path, err := sysctlPath("net.ipv4.conf.lo.rp_filter"); path != "/proc/sys/net/ipv4/conf/lo/rp_filter" || err != nil {
		t.Errorf("%s, %v", path, err)
	}
	for _, name := range []string{"", "net", "net.ipv4", "kernel.x.y", "net.ipv4.", "net..x.y", "net.ipv4.x/../y", "Net.ipv4.x"} {
		if path, err := sysctlPath(name); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q: %s, %v", name, path, err)
		}
	}
}
