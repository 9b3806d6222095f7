package survey

import (
	"bytes"
	"iter"
	"net/netip"
	"slices"

	"github.com/rstwatch/rstwatch/capture"
)

// SideName names a side by its place in [Connection].Sides: 0 is "client", 1 "server".
func SideName(i int) string { return [...]string{"client", "server"}[i] }

// Side is what one end of a connection has sent.
type Side struct {
	Addr          netip.AddrPort
	Packets       uint32
	Octets        uint64 // of payload, repeated ones included
	Resent        uint32 // segments with payload that held nothing new
	SYN, FIN, RST uint16 // segments with the flag; FIN and RST stop at 65,535, SYN at 255
	Next          Calls  // what its program's next calls return
}

// Ending is how a connection ended, as far as the capture goes.
type Ending string

// The endings.
const (
	Closed     Ending = "closed"      // a FIN from both
	HalfClosed Ending = "half-closed" // a FIN from one, and no RST
	WasReset   Ending = "reset"       // a RST, with or without FINs before
	Refused    Ending = "refused"     // a RST for the SYN
	Unanswered Ending = "unanswered"  // no answer to the SYN
	Open       Ending = "open"        // none of these before the capture's end
)

// Endings returns all, in the order in which a summary lists them.
func Endings() []Ending { return []Ending{Closed, HalfClosed, WasReset, Refused, Unanswered, Open} }

// Connection is what a survey says of one connection.
type Connection struct {
	Stream      uint32 // from 0, in the order of first segments
	Sides       [2]Side
	First, Last int64 // stamps of its segments, in nanoseconds after 1970
	State       string
	History     string
	Completeness
	Ending  Ending
	Ended   int64 // of the first FIN or RST; 0 without one
	EndedBy int   // which side sent that: 0 the client, 1 the server; -1 without one
	By      capture.Flags
	Midway  bool   // the capture does not hold its begin
	OneWay  bool   // one side's segments only, and they answer the other's
	Copies  uint8  // segments captured again on another interface, as far as noticed; they count as others do
	Reset   *Reset // the first RST; nil without one
}

// connection describes a record.
func (t *Tracker) connection(id uint32) Connection {
	r := t.table.record(id)
	c := t.outline(r)
	c.Stream = t.numbers.of(id)
	c.History = string(t.historyOf(nil, r))
	if r.reset != 0 {
		c.Reset = t.unpack(r.reset - 1)
		c.Reset.From ^= r.originator()
	}
	for i := range c.Sides {
		c.Sides[i].Next = t.callsOf(r, i^r.originator())
	}
	return c
}

// outline describes a record but for its number, its history and its RST, and allocates
// nothing.
func (t *Tracker) outline(r *record) Connection {
	o, state := r.originator(), t.zeekState(r)
	c := Connection{First: r.first, Last: r.last, State: connStates[state], Completeness: r.completeness(), Ended: r.ended, EndedBy: -1, Copies: r.copies, Midway: r.sides[o].syn == 0}
	for i := range 2 {
		at := i ^ o
		s := &r.sides[at]
		c.Sides[i] = Side{portOf(&r.key, at), s.packets, r.octets.get(at), s.resent, uint16(s.syn), s.fin, s.rst, Calls{}}
	}
	if r.marks&over != 0 {
		c.EndedBy, c.By = int(r.endedBy&1)^o, capture.FIN
		if r.marks&overRST != 0 {
			c.By = capture.RST
		}
	}
	silent := 0
	if c.Sides[1].Packets == 0 {
		silent = 1
	}
	c.OneWay = c.Sides[silent].Packets == 0 && r.sides[o^1^silent].letters&(letterACK|letterData) != 0
	c.Ending = Endings()[r.ending(state)]
	return c
}

func portOf(k *key, at int) netip.AddrPort {
	b := capture.Brief{Src: k.addr[at], SrcPort: k.port[at], V6: k.v6 == 1}
	return b.From()
}

// ending returns how the connection ended, which is in this state.
func (r *record) ending(state connState) endingKind {
	a, b := &r.sides[0], &r.sides[1]
	switch {
	case state == stateREJ && r.octets.none(0) && r.octets.none(1):
		return endRefused
	case a.rst > 0 || b.rst > 0:
		return endWasReset
	case a.fin > 0 && b.fin > 0:
		return endClosed
	case a.fin > 0 || b.fin > 0:
		return endHalfClosed
	case state == stateS0:
		return endUnanswered
	}
	return endOpen
}

// zeekState returns conn_state, as base/protocols/conn/main.zeek defines it.
func (t *Tracker) zeekState(r *record) connState {
	o, p := &r.sides[r.originator()], &r.sides[1-r.originator()]
	quiet := func(s *side) bool { return s.state == inactive || s.state == partial }
	switch {
	case p.state == reset && (o.state == synSent || o.state == synAckSent ||
		o.state == reset && o.size() == 0 && p.size() == 0):
		return stateREJ
	case p.state == reset && quiet(o):
		return stateRSTRH
	case p.state == reset:
		return stateRSTR
	case o.state == reset && !quiet(p):
		return stateRSTO
	case o.state == reset && beganAndGaveUp(t.historyOf(make([]byte, 0, historyRoom), r)):
		return stateRSTOS0
	case o.state == reset:
		return stateOTH
	case o.state == closed && p.state == closed:
		return stateSF
	case o.state == closed && quiet(p):
		return stateSH
	case o.state == closed:
		return stateS2
	case p.state == closed && quiet(o):
		return stateSHR
	case p.state == closed:
		return stateS3
	case o.state == synSent && p.state == inactive:
		return stateS0
	case o.state == established && p.state == established:
		return stateS1
	}
	return stateOTH
}

// beganAndGaveUp reports whether a history is a SYN and a RST of the originator
// with nothing of its own of importance between.
func beganAndGaveUp(history []byte) bool {
	h := bytes.TrimPrefix(history, []byte("^"))
	r := bytes.IndexByte(h, 'R')
	return r > 0 && h[0] == 'S' && !bytes.ContainsAny(h[:r], "HAFGIQ")
}

// Connections returns those that the tracker holds, in the order of their
// streams. The tracker must not be used meanwhile.
func (t *Tracker) Connections() iter.Seq[Connection] {
	return func(yield func(Connection) bool) {
		for id := range t.order() {
			if t.tells(id) && !yield(t.connection(id)) {
				return
			}
		}
	}
}

// order returns the numbers of the records that hold a connection, in the order
// of their streams. Until a connection is closed out, that is their own.
func (t *Tracker) order() iter.Seq[uint32] {
	if t.summary.ClosedOut == 0 {
		return func(yield func(uint32) bool) {
			for id := uint32(0); id < t.table.records.count && yield(id); id++ {
			}
		}
	}
	return func(yield func(uint32) bool) {
		order := make([]uint64, 0, t.live) // the stream, and the record
		for id := range t.table.records.count {
			if r := t.table.record(id); r.marks&free == 0 {
				order = append(order, uint64(t.numbers.of(id))<<32|uint64(id))
			}
		}
		slices.Sort(order)
		for _, both := range order {
			if !yield(uint32(both)) {
				return
			}
		}
	}
}
