package excerpt

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

var (
	client = netip.MustParseAddr("203.0.113.77")
	server = netip.MustParseAddr("198.51.100.99")
	router = netip.MustParseAddr("192.0.2.177")
)

// datagram is an IPv4 datagram (RFC 791 §3.1).
func datagram(from, to netip.Addr, proto byte, body []byte) []byte {
	b := slices.Concat([]byte{0x45, 0, 0, 0, 0, 7, 0x40, 0, 64, proto, 0, 0}, from.AsSlice(), to.AsSlice(), body)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

// tcp is a segment (RFC 9293 §3.1).
func tcp(from, to uint16, flags capture.Flags, seq, ack uint32, payload string) []byte {
	b := make([]byte, 20, 64)
	binary.BigEndian.PutUint16(b, from)
	binary.BigEndian.PutUint16(b[2:], to)
	binary.BigEndian.PutUint32(b[4:], seq)
	binary.BigEndian.PutUint32(b[8:], ack)
	b[12], b[13] = 5<<4, byte(flags)
	if flags&capture.RST == 0 {
		b[14] = 2
	}
	return append(b, payload...)
}

// exchange writes a capture and returns its path: of three connections of a
// client, one that the server refuses, one that stays open, and one in which data
// comes after the server's close; and an ICMP error about that. Wherever a
// capture has room for words there are secrets.
func exchange(t *testing.T) string {
	t.Helper()
	const SYN, ACK, FIN, RST, PSH = capture.SYN, capture.ACK, capture.FIN, capture.RST, capture.PSH
	up := func(port uint16, flags capture.Flags, seq, ack uint32, payload string) []byte {
		return datagram(client, server, 6, tcp(port, 443, flags, seq, ack, payload))
	}
	down := func(port uint16, flags capture.Flags, seq, ack uint32, payload string) []byte {
		return datagram(server, client, 6, tcp(443, port, flags, seq, ack, payload))
	}
	data := up(4002, PSH|ACK, 101, 502, "SECRET")
	frames := [][]byte{
		up(4000, SYN, 0xfffff, 0, ""),
		up(4001, SYN, 1, 0, "SECRET"),
		up(4002, SYN, 100, 0, ""),
		down(4000, RST|ACK, 0, 0x100000, ""),
		down(4001, SYN|ACK, 1, 2, ""),
		down(4002, SYN|ACK, 500, 101, ""),
		up(4002, ACK, 101, 501, ""),
		up(4001, PSH|ACK, 2, 2, "SECRET"),
		down(4002, FIN|ACK, 501, 101, ""),
		data,
		down(4002, RST, 502, 0, "SECRET"),
		datagram(router, client, 1, append([]byte{3, 1, 0, 0, 0, 0, 0, 0}, data...)),
	}
	path := filepath.Join(t.TempDir(), "in.pcapng")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := file.NewWriter(f, file.Header{Hardware: "SECRET hardware", OS: "SECRET system", Application: "SECRET program", Comment: "SECRET comment",
		Interface: "SECRET0", Link: capture.LinkEthernet, Filter: "host SECRET", Names: map[netip.Addr][]string{client: {"SECRET.example"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, b := range frames {
		b = slices.Concat([]byte("SECRETsecret\x08\x00"), b, []byte("SECRET"))
		err = errors.Join(err, w.Packet(time.UnixMilli(int64(1e12+i)), capture.Frame{Link: capture.LinkEthernet, Data: b, Wire: len(b)}, "SECRET remark"))
	}
	entry := []file.Field{{Name: file.RealtimeTimestamp, Value: "1"}, {Name: "MESSAGE", Value: "SECRET entry"}}
	if err := errors.Join(err, w.Journal(entry), w.Flush()); err != nil {
		t.Fatal(err)
	}
	return path
}
