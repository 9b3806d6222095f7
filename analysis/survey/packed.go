package survey

import (
	"slices"

	"github.com/rstwatch/rstwatch/capture"
)

// packed is a [Reset] as a tracker holds it, for as many connections as a port
// scan likes.
type packed struct {
	time              int64
	frame             uint32
	seq, ack          capture.Seq
	provoker          uint32 // the frame
	provSeq, provAck  capture.Seq
	provLen           int32
	newest            [2]uint32 // of each side's newest RST the sequence number, relative to the side's start
	window, ipID, len uint16    // a RST is no longer than a datagram
	ttl, usualTTL     uint8
	flags, provFlags  capture.Flags
	set               uint8 // its class's place in the tracker's sets
	from              uint8 // the side, and stamped
}

const stamped uint8 = 2 // in from: the RST has timestamps

// pack puts away a RST, and returns its place.
func (t *Tracker) pack(r *Reset) uint32 {
	set := slices.Index(t.sets, r.set)
	if set < 0 {
		set = len(t.sets)
		t.sets = append(t.sets, r.set)
	}
	from := uint8(r.From)
	if r.HasTimestamps {
		from |= stamped
	}
	at := t.resets.take()
	*t.resets.at(at) = packed{time: r.Time, frame: r.Frame, seq: r.Seq, ack: r.Ack, provoker: r.Provoker.Frame,
		provSeq: r.Provoker.Seq, provAck: r.Provoker.Ack, provLen: r.Provoker.Len, window: r.Window, ipID: r.IPID,
		len: uint16(min(r.Len, 1<<16-1)), ttl: r.TTL, usualTTL: r.UsualTTL, flags: r.Flags, provFlags: r.Provoker.Flags,
		set: uint8(set), from: from}
	return at
}

// unpack returns the RST that was put away there.
func (t *Tracker) unpack(at uint32) *Reset {
	p := t.resets.at(at)
	set := t.sets[p.set]
	return &Reset{Time: p.time, Frame: p.frame, From: int(p.from &^ stamped), Flags: p.flags, Seq: p.seq, Ack: p.ack,
		Window: p.window, Len: int32(p.len), TTL: p.ttl, IPID: p.ipID, HasTimestamps: p.from&stamped != 0,
		Kind: set.kind, Reasons: slices.Clone(set.reasons), Rule: set.rule,
		Provoker: Provoker{p.provoker, p.provFlags, p.provSeq, p.provAck, p.provLen}, UsualTTL: p.usualTTL, set: set}
}
