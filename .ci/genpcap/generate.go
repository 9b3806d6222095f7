package main

import (
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
)

// options are what a capture is made by.
type options struct {
	packets, atOnce     int
	seed                uint64
	snap, payload, data int
	link, ip, format    string
}

// truth is what is in a capture.
type truth struct {
	Packets     int            `json:"packets"`
	Connections int            `json:"connections"`
	Endings     map[string]int `json:"endings"` // connections by ending
	Segments    struct {
		SYN int `json:"syn"` // with the flag, whatever else is set
		FIN int `json:"fin"`
		RST int `json:"rst"`
	} `json:"segments"`
}

func (o options) check() error {
	switch {
	case o.packets < 1 || o.atOnce < 1 || o.data < 0 || o.payload < 1 || o.payload > maxPayload:
		return fmt.Errorf("packets %d, at once %d, data %d, payload %d (at most %d): out of range", o.packets, o.atOnce, o.data, o.payload, maxPayload)
	case o.snap < 1 || o.snap > maxSnap:
		return fmt.Errorf("snap length %d is not within 1 and %d", o.snap, maxSnap)
	case o.ip != "4" && o.ip != "6" && o.ip != "both":
		return fmt.Errorf("no IP version %q", o.ip)
	}
	return nil
}

// generate writes a capture to w. It picks a connection at random for each
// packet, so that those under way are interleaved.
func generate(w io.Writer, o options) (*truth, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	link, err := linkOf(o.link)
	if err != nil {
		return nil, err
	}
	put, flush, err := writerFor(w, o, link.typ)
	if err != nil {
		return nil, err
	}
	t := &truth{Endings: make(map[string]int)}
	r := rand.New(rand.NewPCG(o.seed, 0))
	live := make([]*connection, 0, o.atOnce)
	start := func() *connection {
		c := newConnection(r, t.Connections, o)
		t.Connections++
		t.Endings[endings[c.ending].name]++
		return c
	}
	for range o.atOnce {
		live = append(live, start())
	}
	frames := newFramer(link, o.snap)
	now := time.Unix(1_700_000_000, 0)
	for len(live) > 0 {
		i := r.IntN(len(live))
		s, last := live[i].next()
		now = now.Add(time.Duration(1 + r.IntN(20_000)))
		if err := put(now, frames.frame(s)); err != nil {
			return nil, err
		}
		t.count(s.flags)
		switch {
		case last && t.Packets < o.packets:
			live[i] = start()
		case last:
			live[i] = live[len(live)-1]
			live = live[:len(live)-1]
		}
	}
	return t, flush()
}

func (t *truth) count(f capture.Flags) {
	t.Packets++
	if f.Has(capture.SYN) {
		t.Segments.SYN++
	}
	if f.Has(capture.FIN) {
		t.Segments.FIN++
	}
	if f.Has(capture.RST) {
		t.Segments.RST++
	}
}

// writerFor returns what writes a packet, and what ends the file.
func writerFor(w io.Writer, o options, link capture.LinkType) (put func(time.Time, capture.Frame) error, flush func() error, err error) {
	switch o.format {
	case "pcap":
		p, err := file.NewPcapWriter(w, link, o.snap)
		if err != nil {
			return nil, nil, err
		}
		return p.Packet, p.Flush, nil
	case "pcapng":
		p, err := file.NewWriter(w, file.Header{Application: "genpcap", Interface: "made up", Link: link, SnapLen: o.snap})
		if err != nil {
			return nil, nil, err
		}
		return func(t time.Time, f capture.Frame) error { return p.Packet(t, f) }, p.Flush, nil
	}
	return nil, nil, fmt.Errorf("no format %q", o.format)
}
