// Package file reads and writes capture files: pcapng and classic pcap.
//
// It knows blocks and octets, not what they mean. A file is a sequence of
// [Record] values in file order; each is either a packet, with the comments
// that were put on it, or a systemd journal entry, which is how a recording
// carries what the application did in line with what the wire showed.
//
//   - [NewReader] tells the formats apart by content. [Reader.Next] returns
//     one record after another, then io.EOF; a file that is cut off or lies
//     about its lengths gives all whole records first, then a [*FormatError].
//   - [NewScanner] reads the packets alone, of files of any size: it agrees with
//     the Reader and allocates nothing for a packet.
//   - Both read gzip and zstd, told by content too.
//   - [NewWriter] writes pcapng with packet comments, journal entries, and
//     capture counters, which plain Wireshark opens and lists in time order.
//   - [NewPcapWriter] writes classic nanosecond pcap, which has room for
//     packets only.
//   - [Create] opens an output file that appears under its name only when it
//     is whole.
//
// The formats: draft-ietf-opsawg-pcapng and draft-ietf-opsawg-pcap for the
// two kinds of file, https://systemd.io/JOURNAL_EXPORT_FORMATS/ for the body
// of a journal block. Times are UTC; pcapng and pcap are written with
// nanoseconds, a journal entry's own stamp counts microseconds.
//
// Nothing here starts a goroutine. A Reader or a Writer must not be used by
// two goroutines at a time.
package file
