package main

import (
	"math/rand/v2"

	"github.com/rstwatch/rstwatch/capture"
)

// step is a segment without payload of a connection's beginning or end.
type step struct {
	server bool // the server sends it
	flags  capture.Flags
}

// ending is a way for a connection to end.
type ending struct {
	name    string
	share   int // of 100 connections
	before  []step
	carries bool // data between before and after
	after   []step
}

const ack = capture.ACK

// handshake is RFC 9293 §3.5.
var handshake = []step{{false, capture.SYN}, {true, capture.SYN | ack}, {false, ack}}

// endings are the ways for a connection to end; nobody changes them.
var endings = []ending{
	{"fin", 50, handshake, true, []step{{false, capture.FIN | ack}, {true, capture.FIN | ack}, {false, ack}}},
	{"rst", 8, handshake, true, []step{{false, capture.RST}}},
	{"rst_ack", 12, handshake, true, []step{{true, capture.RST | ack}}},
	{"half_open", 5, handshake, true, []step{{false, capture.FIN | ack}, {true, ack}}},
	{"syn_only", 8, []step{{false, capture.SYN}, {false, capture.SYN}}, false, nil},
	{"refused", 9, []step{{false, capture.SYN}, {true, capture.RST | ack}}, false, nil},
	{"idle", 8, handshake, true, nil},
}

// connection is one that is under way.
type connection struct {
	number int
	v6     bool
	ending int       // its place in endings
	data   []int     // octets of each data segment, client and server in turn
	at     int       // segments sent
	seq    [2]uint32 // the next of client and server
}

// segment is what a frame is made of.
type segment struct {
	connection int
	v6, server bool
	flags      capture.Flags
	seq, ack   uint32
	payload    int
}

func newConnection(r *rand.Rand, number int, o options) *connection {
	c := &connection{number: number, seq: [2]uint32{r.Uint32(), r.Uint32()}}
	c.v6 = o.ip == "6" || o.ip == "both" && r.IntN(2) == 1
	for left := r.IntN(100); left >= endings[c.ending].share; c.ending++ {
		left -= endings[c.ending].share
	}
	if endings[c.ending].carries && o.data > 0 {
		c.data = make([]int, r.IntN(o.data+1))
		for i := range c.data {
			c.data[i] = 1 + r.IntN(o.payload)
		}
	}
	return c
}

// next returns the next segment of the connection, and whether it is the last.
func (c *connection) next() (segment, bool) {
	e := &endings[c.ending]
	var st step
	payload := 0
	switch i := c.at - len(e.before); {
	case i < 0:
		st = e.before[c.at]
	case i < len(c.data):
		st = step{server: i%2 == 1, flags: capture.PSH | ack}
		payload = c.data[i]
	default:
		st = e.after[i-len(c.data)]
	}
	c.at++
	last := c.at == len(e.before)+len(c.data)+len(e.after)
	return c.send(st, payload), last
}

// send numbers a segment (RFC 9293 §3.4). A SYN that is repeated has the
// number of the first, and the RST that refuses one has none of its own.
func (c *connection) send(st step, payload int) segment {
	me, other := 0, 1
	if st.server {
		me, other = 1, 0
	}
	s := segment{connection: c.number, v6: c.v6, server: st.server, flags: st.flags, seq: c.seq[me], payload: payload}
	if st.flags.Has(ack) {
		s.ack = c.seq[other]
	}
	switch {
	case st.flags == capture.SYN:
		if c.at > 1 {
			s.seq--
			return s
		}
		c.seq[me]++
	case st.flags == capture.RST|ack && c.at == 2:
		s.seq = 0
	case st.flags.Has(capture.SYN), st.flags.Has(capture.FIN):
		c.seq[me]++
	}
	c.seq[me] += uint32(payload)
	return s
}
