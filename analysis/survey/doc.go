// Package survey follows every TCP connection of a capture of any size, in
// little memory, and says of each how it ended, who ended it, and, where that
// was a RST, why the kernel that sent it may have done so.
//
// A [Tracker] takes segments in the order in which they were captured. It keeps
// one small record a connection, allocates nothing per segment, and holds no
// more connections than it may: beyond that the longest idle are closed out.
//
//   - A connection is what Wireshark (4.0) numbers tcp.stream: an address pair
//     used again begins a new one with a SYN of another sequence number.
//   - [Connection].State and History are conn_state and history of Zeek's
//     conn.log, as base/protocols/conn/main.zeek defines them. Zeek's timers,
//     which split a connection after a pause, are not played; checksums are not
//     verified (zeek -C).
//   - [Completeness] is Wireshark's tcp.completeness.
//   - [Reset].Reasons is the class of reasons that the wire can not separate.
//
// Nothing here opens a file or has a clock.
package survey
