package capture

import "encoding/binary"

// Payload returns what was captured of the payload of the TCP segment in f: less
// than the segment has where the frame was cut short, nothing if it can not be
// told. Frames of TCP over IPv4 and IPv6 without extension headers and fragments
// are read. It shares the frame's octets.
func Payload(f Frame) []byte {
	at, end, _ := locate(f)
	if at < 0 {
		return nil
	}
	hlen := int(f.Data[at+12]>>4) * 4
	if hlen < tcpMinLen || at+hlen > end || at+hlen > len(f.Data) {
		return nil
	}
	return f.Data[at+hlen : min(end, len(f.Data))]
}

// locate returns where the TCP header of f begins, where the segment ends on the
// wire, and the sum of the addresses (RFC 9293 §3.1); at is −1 if that can not be
// told, and otherwise the 20 fixed octets of the header are there.
func locate(f Frame) (at, end int, sum uint32) {
	kind, at, err := decodeLink(f)
	if err != nil {
		return -1, 0, 0
	}
	end = max(f.Wire, len(f.Data))
	switch kind {
	case networkIPv4:
		at, end, sum = locateIPv4(f.Data, at, end)
	case networkIPv6:
		at, end, sum = locateIPv6(f.Data, at, end)
	default:
		return -1, 0, 0
	}
	if at < 0 || at+tcpMinLen > len(f.Data) || at+tcpMinLen > end {
		return -1, 0, 0
	}
	return at, end, sum
}

func locateIPv4(data []byte, at, end int) (next, stop int, sum uint32) {
	if at+ipv4MinLen > len(data) {
		return -1, 0, 0
	}
	const fragments = 0x3fff // more of them, or an offset
	h := data[at:]
	hlen, total := int(h[0]&0x0f)*4, int(binary.BigEndian.Uint16(h[2:]))
	if h[0]>>4 != 4 || h[9] != protoTCP || binary.BigEndian.Uint16(h[6:])&fragments != 0 || hlen < ipv4MinLen || total != 0 && total < hlen {
		return -1, 0, 0
	}
	if total != 0 {
		end = at + total
	}
	return at + hlen, end, sumOf(h[12:20])
}

func locateIPv6(data []byte, at, end int) (next, stop int, sum uint32) {
	if at+ipv6Len > len(data) || data[at]>>4 != 6 || data[at+6] != protoTCP {
		return -1, 0, 0
	}
	if payload := int(binary.BigEndian.Uint16(data[at+4:])); payload != 0 {
		end = at + ipv6Len + payload
	}
	return at + ipv6Len, end, sumOf(data[at+8 : at+40])
}
