package main

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// captureCommands make captures for scripts, and break them.
func captureCommands() map[string]scriptCommand {
	return map[string]scriptCommand{"capture": makeCapture, "keep": keepOctets, "octets": writeOctets}
}

// capture FILE PORT[-LAST]@SECONDS... writes a capture in which 10.0.0.1 sends a
// SYN from each port to 10.0.0.2:80 at the time, and gets a RST in answer. The name
// says whether it is pcap or pcapng.
func makeCapture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: capture FILE PORT[-LAST]@SECONDS...")
	}
	type writer interface {
		Packet(time.Time, capture.Frame) error
		Flush() error
	}
	var b bytes.Buffer
	var w writer
	w, err := file.NewPcapWriter(&b, capture.LinkRaw, 0)
	if strings.HasSuffix(args[0], ".pcapng") {
		var ng *file.Writer
		ng, err = file.NewWriter(&b, file.Header{})
		w = uncommented{ng}
	}
	ts.Check(err)
	for _, word := range args[1:] {
		from, at, _ := strings.Cut(word, "@")
		first, last, _ := strings.Cut(from, "-")
		port, err1 := strconv.ParseUint(first, 10, 16)
		end, err3 := strconv.ParseUint(cmp.Or(last, first), 10, 16)
		seconds, err2 := strconv.ParseInt(at, 10, 64)
		ts.Check(errors.Join(err1, err2, err3))
		for ; port <= end; port++ {
			ts.Check(w.Packet(time.Unix(seconds, 0), rawSegment(uint16(port), uint32(seconds), capture.SYN)))
			ts.Check(w.Packet(time.Unix(seconds, 0), rawSegment(uint16(port), uint32(seconds), capture.RST|capture.ACK)))
		}
	}
	ts.Check(w.Flush())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o666))
}

type uncommented struct{ *file.Writer }

func (w uncommented) Packet(t time.Time, f capture.Frame) error { return w.Writer.Packet(t, f) }

// rawSegment returns a segment of 40 octets in all (RFC 791 §3.1, RFC 9293
// §3.1), of a connection with that initial sequence number. With RST the server
// has sent it.
func rawSegment(port uint16, isn uint32, flags capture.Flags) capture.Frame {
	b := make([]byte, 40)
	b[0], b[3], b[8], b[9], b[32], b[33] = 0x45, 40, 64, 6, 5<<4, byte(flags)
	client, server := []byte{10, 0, 0, 1}, []byte{10, 0, 0, 2}
	ports := [2]uint16{port, 80}
	if flags.Has(capture.RST) {
		client, server, ports = server, client, [2]uint16{80, port}
		binary.BigEndian.PutUint32(b[28:], isn+1)
	} else {
		binary.BigEndian.PutUint32(b[24:], isn)
	}
	copy(b[12:], client)
	copy(b[16:], server)
	binary.BigEndian.PutUint16(b[20:], ports[0])
	binary.BigEndian.PutUint16(b[22:], ports[1])
	return capture.Frame{Link: capture.LinkRaw, Data: b, Wire: len(b)}
}

// keep FILE N leaves of a file the first N octets.
func keepOctets(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "keep FILE N")
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), n))
}

// octets FILE AT HEX[*N]... writes octets into a file, from the offset AT on;
// those of a word N times.
func writeOctets(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: octets FILE AT HEX...")
	}
	at, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	var b []byte
	for _, word := range args[2:] {
		digits, times, _ := strings.Cut(word, "*")
		some, err1 := hex.DecodeString(digits)
		n, err2 := strconv.Atoi(cmp.Or(times, "1"))
		ts.Check(errors.Join(err1, err2))
		b = append(b, bytes.Repeat(some, n)...)
	}
	f, err := os.OpenFile(ts.MkAbs(args[0]), os.O_RDWR|os.O_CREATE, 0o666)
	ts.Check(err)
	_, err = f.WriteAt(b, at)
	ts.Check(errors.Join(err, f.Close()))
}
