package diagnosis

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// suspect looks at each RST for what its sender's kernel would not have made
// (SEMANTICS.md §5.1), and says what the signs come to.
func (x *examiner) suspect() {
	kinds := make(map[string]bool)
	proof, strong := false, false
	for i := range x.Resets {
		if i >= mostClasses && x.Resets[i].Frame != x.Decisive {
			continue
		}
		for _, test := range signTests {
			if sign, ok := test.look(x, &x.Resets[i]); ok {
				if !kinds[test.name] { // one example of each is enough
					sign.Frame = x.Resets[i].Frame
					x.Signs = append(x.Signs, sign)
				}
				kinds[test.name] = true
				proof = proof || sign.Innocent == "" && (x.Resets[i].Frame == x.Decisive || x.Decisive == 0 || !x.ended())
				strong = strong || sign.Innocent == ""
			}
		}
	}
	switch {
	case proof:
		x.Forged = NotItsOwn
	case len(kinds) > 1 || strong:
		x.Forged = Suspect
	case len(kinds) == 1:
		x.Forged = WeakSign
	}
}

// signTests are the signs. One without an innocent explanation proves that the
// socket in whose name a RST came has not sent it.
var signTests = []struct {
	name string
	look func(*examiner, *Reset) (Sign, bool)
}{
	{"goes on", (*examiner).goesOn},
	{"time to live", (*examiner).otherTTL},
	{"IP ID", (*examiner).otherID},
	{"no window", (*examiner).fitsNothing},
	{"a volley", (*examiner).volley},
	{"no timestamps", (*examiner).unstamped},
	{"to both sides", (*examiner).toBoth},
	{"payload", (*examiner).withPayload},
	{"a window", (*examiner).withWindow},
}

// otherTTL: all segments of a host have the same time to live at one place, but
// for a change of the path.
func (x *examiner) otherTTL(r *Reset) (Sign, bool) {
	ttl, ok := usual(x.sides[r.Side].ttls)
	rst := x.segment(r.Frame)
	if !ok || ttl == 0 || rst.TTL == 0 || rst.TTL == ttl {
		return Sign{}, false
	}
	if _, seen := x.sides[r.Side].ttls[rst.TTL]; seen {
		return Sign{}, false
	}
	return Sign{What: fmt.Sprintf("TTL %d, where the other segments of the %s have %d", rst.TTL, survey.SideName(r.Side), ttl),
		Innocent: "its route changed, or its kernel sends RSTs with another TTL than its sockets"}, true
}

// otherID: Linux counts the IP IDs of a socket, and gives what answers a segment
// ID 0.
func (x *examiner) otherID(r *Reset) (Sign, bool) {
	rst, last := x.segment(r.Frame), x.lastOf(r.Side, r.Frame)
	if rst.Src.Addr().Is6() || last == nil {
		return Sign{}, false
	}
	step, steady := x.idSteps(r.Side, r.Frame)
	const innocent = "its kernel numbers its packets in another way"
	switch {
	case rst.Flags.Has(capture.ACK) && steady && rst.Seq != 0:
		if ahead := rst.IPID - last.IPID; ahead == 0 || ahead > 64+16*step {
			return Sign{What: fmt.Sprintf("IP ID %d, where the %s had counted to %d", rst.IPID, survey.SideName(r.Side), last.IPID), Innocent: innocent}, true
		}
	case !rst.Flags.Has(capture.ACK) && rst.IPID != 0 && x.likeLinux(r.Side) && rst.IPID-last.IPID > 64+16*step:
		return Sign{What: fmt.Sprintf("IP ID %d, where Linux, as which the %s looks, answers with 0", rst.IPID, survey.SideName(r.Side)), Innocent: innocent}, true
	}
	return Sign{}, false
}

// likeLinux reports whether a side looks like Linux: its SYN,ACK has IP ID 0, as
// what answers before there is a socket, and what follows counts.
func (x *examiner) likeLinux(side int) bool {
	syn := x.sides[side].syn
	return syn != nil && syn.Flags.Has(capture.SYN|capture.ACK) && syn.IPID == 0 && x.sides[side].last != syn && x.sides[side].last.IPID != 0
}

// lastOf returns the last segment of a side before a frame that is no SYN and no
// RST.
func (x *examiner) lastOf(side, frame int) (last *capture.Segment) {
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID >= frame {
			break
		}
		if x.side(s) == side && !s.ICMP.Is() && s.Flags&(capture.SYN|capture.RST) == 0 {
			last = s
		}
	}
	return last
}

// idSteps returns the longest step between the IP IDs of a side's segments, and
// whether they count at all: three or more that go up by little each time.
func (x *examiner) idSteps(side, frame int) (longest uint16, steady bool) {
	n := 0
	var last *capture.Segment
	for i := range x.segments() {
		s := &x.segments()[i]
		if s.ID >= frame {
			break
		}
		if x.side(s) != side || s.ICMP.Is() || s.Flags&(capture.SYN|capture.RST) != 0 {
			continue
		}
		if last != nil {
			step := s.IPID - last.IPID
			if s.IPID == 0 || step == 0 || step > 256 {
				return 0, false
			}
			longest = max(longest, step)
		}
		last = s
		n++
	}
	return longest, n >= 3
}

// fitsNothing: what answers a segment has that segment's acknowledgement for a
// sequence number; what ends a connection has the next one of its sender.
func (x *examiner) fitsNothing(r *Reset) (Sign, bool) {
	rst, own, peer := x.segment(r.Frame), &x.sides[r.Side], &x.sides[1-r.Side]
	if x.LeftOut > 0 || x.Connection.Midway || x.Connection.OneWay || own.syn == nil || peer.syn == nil || r.Provoker != 0 {
		return Sign{}, false
	}
	edge := own.edge
	if own.fin != nil {
		edge = own.fin.End()
	}
	if rst.Flags.Has(capture.ACK) && (rst.Seq == edge || rst.Seq == edge-1 || rst.Seq == 0 || !rst.Seq.After(edge) && !rst.Seq.Before(own.acked)) {
		return Sign{}, false
	}
	if !rst.Flags.Has(capture.ACK) && peer.acks[rst.Seq] {
		return Sign{}, false
	}
	away := rst.Seq.Sub(edge)
	return Sign{What: fmt.Sprintf("its sequence number, %s the next of the %s, answers nothing that was captured", distance(away), survey.SideName(r.Side)),
		Innocent: "the capture lacks the segment that it answers"}, true
}

func distance(n int) string {
	switch {
	case n == 0:
		return "which is"
	case n > 0:
		return fmt.Sprintf("%d beyond", n)
	}
	return fmt.Sprintf("%d before", -n)
}

// volley: who does not know which number is next sends several RSTs with rising
// ones.
func (x *examiner) volley(r *Reset) (Sign, bool) {
	n, strays := 1, 0
	last := x.segment(r.Frame)
	for i := range x.Resets {
		o := x.segment(x.Resets[i].Frame)
		if x.Resets[i].Side != r.Side || o.ID <= last.ID || o.Flags != last.Flags || !o.Seq.After(last.Seq) || o.Time.Sub(last.Time) > 100e6 {
			continue
		}
		if n++; !x.sides[1-r.Side].acks[o.Seq] {
			strays++
		}
		last = o
	}
	if strays == 0 {
		return Sign{}, false // each has a number that the other side had acknowledged
	}
	return Sign{What: fmt.Sprintf("%d RSTs in a row, the sequence number higher each time", n),
		Innocent: "they answer segments that the capture lacks"}, true
}

// unstamped: an abort of Linux carries timestamps where they were agreed.
func (x *examiner) unstamped(r *Reset) (Sign, bool) {
	rst := x.segment(r.Frame)
	if !rst.Flags.Has(capture.ACK) || rst.Seq == 0 || !x.sides[r.Side].timestamps || rst.Options.HasTimestamps {
		return Sign{}, false
	}
	return Sign{What: "a RST,ACK without timestamps, which both sides had agreed on", Innocent: "macOS leaves them out of RSTs, and so do others"}, true
}

// toBoth: a kernel never answers a RST with one, and what had come before the RST
// that it believed it took for its socket.
func (x *examiner) toBoth(r *Reset) (Sign, bool) {
	p := x.segment(r.Provoker)
	for i := range x.Resets {
		o := &x.Resets[i]
		gap := r.Time.Sub(o.Time)
		if o.Side == r.Side || o.Frame >= r.Frame || gap > duplicateWithin || r.Kind == survey.Active || o.Kind == survey.Active || p == nil || p.ID > o.Frame ||
			x.sides[r.Side].fin != nil {
			continue
		}
		return Sign{What: fmt.Sprintf("RSTs to both sides within %s, #%d and #%d, and nothing between them that the second could answer", short(gap), o.Frame, r.Frame),
			Innocent: "what it answers was delayed on its way"}, true
	}
	return Sign{}, false
}

func (x *examiner) withPayload(r *Reset) (Sign, bool) {
	if n := x.segment(r.Frame).Len; n > 0 {
		return Sign{What: fmt.Sprintf("it carries %d octets of payload", n), Innocent: "RFC 9293 §3.5.3 allows a text there, and some systems send one"}, true
	}
	return Sign{}, false
}

// withWindow: what answers a segment has no window.
func (x *examiner) withWindow(r *Reset) (Sign, bool) {
	rst := x.segment(r.Frame)
	if rst.Flags.Has(capture.ACK) || rst.Window == 0 {
		return Sign{}, false
	}
	return Sign{What: fmt.Sprintf("a RST without ACK and with a window, %d", rst.Window), Innocent: "neither Linux nor macOS sends such; others may"}, true
}
