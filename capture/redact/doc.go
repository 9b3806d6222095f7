// Package redact takes out of captured frames what may not leave the house:
// the payload, and who talks to whom. What is left tells as much of how a
// connection went and ended as the frame did, but for what only the payload says,
// such as the method of a request.
//
// A [Redactor] is for one output. It gives each address another one, the same
// wherever it comes again, by the order in which addresses come: so the same
// frames give the same output, and nothing in the output leads back.
//
//   - IPv4 addresses become 10.0.0.1, 10.0.0.2 and so on, IPv6 ones fd00::1;
//     loopback addresses stay loopback, multicast multicast, link-local IPv6
//     link-local. Hardware addresses become 02:00:00:00:00:01 and so on.
//   - Kept are VLAN tags, the fixed fields of the IP and TCP headers with ports,
//     sequence numbers, time to live and identification; and of TCP's options
//     those that say how the connection works: MSS, window scale, SACK and
//     timestamps. Of MPTCP the subtype is left.
//   - All other TCP options become NOPs. IP options, the contents of IPv6
//     extension headers, the identification of IPv6 fragments and the IPv6 flow
//     label are zeroed.
//   - What follows the TCP header becomes zeros, in every segment: data, the text
//     in a RST, padding and trailers. Nothing is cut off: frames that are cut are
//     gaps, and other verdicts (Zeek's history tells them).
//   - Checksums are those of what is left; of a frame that was cut short, as if
//     zeros followed.
//   - Of an ICMP error the header is left, and of the segment that it quotes
//     what is left of a segment.
//
// Nothing here opens a file, has a clock or starts a goroutine.
package redact
