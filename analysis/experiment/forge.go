package experiment

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis/proof"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

// ends returns where the segment of the action comes from and where it goes to.
func (t *trial) ends() (from, to netip.AddrPort, ok bool) {
	k := t.action.Segment
	pair, ok := t.result.Dials[k.Dial]
	if !k.FromDialer {
		return pair.Other, pair.Dialler, ok
	}
	return pair.Dialler, pair.Other, ok
}

// forgeNow forges the segment in the place of the call that would have sent it.
// The lock is held.
func (t *trial) forgeNow() {
	from, to, ok := t.ends()
	if !ok || t.fired {
		return
	}
	t.fired = true
	seq, ack, ok := t.standing(from, to)
	if !ok {
		seq, ack = t.captured(from, to)
	}
	t.send(from, to, seq, ack)
}

// forgeAfter forges the segment when what draws it, or it itself, was taken off
// the wire.
func (t *trial) forgeAfter(held proof.SegmentKey) {
	s, caught := t.caught(held)
	t.mu.Lock()
	defer t.mu.Unlock()
	if !caught {
		t.fired = true // there was no occasion: nobody waits for one again
		return
	}
	from, to, ok := t.ends()
	if !ok || t.fired {
		return
	}
	t.fired = true
	if held == t.action.Segment { // it itself
		t.sendAs(from, to, s.Seq.Add(-held.SeqOff), s.Ack.Add(-held.AckOff), s.ICMP.From)
		return
	}
	seq, ack := t.captured(from, to)
	if t.action.Reply {
		seq = s.Ack.Add(-t.action.Segment.SeqOff)
	}
	t.send(from, to, seq, ack)
}

// caught returns the segment that was taken off the wire, which has been
// captured. It blocks for up to soon, the story too: what a rule met need not be
// a segment that fits. The lock is not held.
func (t *trial) caught(held proof.SegmentKey) (found capture.Segment, ok bool) {
	t.mu.Lock()
	pair := t.result.Dials[held.Dial]
	since := pair.Since
	t.mu.Unlock()
	from, to := pair.Dialler, pair.Other
	if !held.FromDialer {
		from, to = to, from
	}
	armed := t.armed()
	ctx, cancel := context.WithTimeout(t.ctx, soon)
	defer cancel()
	err := t.session.Await(ctx, func(s *capture.Segment) bool {
		if s.Src != from || s.Dst != to || s.Time.Before(since) || s.Time.Before(armed) && held.Arm == proof.Sending {
			return false
		}
		first, _ := proof.Streams(t.session.Seen(), from, to, since, every)
		if !held.Like(s, first) {
			return false
		}
		found = *s
		return true
	})
	return found, err == nil
}

func (t *trial) armed() time.Time {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.result.Armed.Add(-time.Millisecond) // the rule may be in force before it is noted
}

// standing asks the kernel what the receiver expects next and what it has sent.
// It waits until all has arrived that the sender had sent.
func (t *trial) standing(from, to netip.AddrPort) (seq, ack capture.Seq, ok bool) {
	receiver, sender := t.conns[proof.Pair{Dialler: to, Other: from}], t.conns[proof.Pair{Dialler: from, Other: to}]
	switch {
	case t.busy(to, from) || t.busy(from, to) || receiver == nil && sender == nil:
		return 0, 0, false
	case receiver == nil: // nobody has accepted it
		theirs, err := numbers(sender)
		return capture.Seq(theirs.SndNxt), capture.Seq(theirs.RcvNxt), err == nil
	case sender == nil:
		mine, err := numbers(receiver)
		return capture.Seq(mine.RcvNxt), capture.Seq(mine.SndNxt), err == nil
	}
	ctx, cancel := context.WithTimeout(t.ctx, least)
	defer cancel()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		theirs, err := numbers(sender)
		if err != nil {
			return 0, 0, false
		}
		mine, err := numbers(receiver)
		if err != nil {
			return 0, 0, false
		}
		seq, ack = capture.Seq(mine.RcvNxt), capture.Seq(mine.SndNxt)
		if mine.RcvNxt == theirs.SndNxt {
			return seq, ack, true
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return seq, ack, true
		}
	}
}

// captured returns the numbers after all that both have sent, as far as it has
// been captured.
func (t *trial) captured(from, to netip.AddrPort) (seq, ack capture.Seq) {
	_, sent := proof.Streams(t.session.Seen(), from, to, t.result.Dials[t.action.Segment.Dial].Since, every)
	return sent[0], sent[1]
}

// send forges what is to be forged, next being the number that is expected.
func (t *trial) send(from, to netip.AddrPort, seq, ack capture.Seq) {
	t.sendAs(from, to, seq, ack, t.action.Segment.Router)
}

func (t *trial) sendAs(from, to netip.AddrPort, seq, ack capture.Seq, router netip.Addr) {
	k := t.action.Segment
	if t.action.Kind == proof.Dose {
		t.doses(from, to, seq)
		return
	}
	f := lab.Forged{From: from, To: to, Flags: uint8(k.Flags), Seq: uint32(seq.Add(k.SeqOff)), Window: 1 << 15, Mark: true}
	if k.Flags.Has(capture.ACK) {
		f.Ack = uint32(ack.Add(k.AckOff))
	}
	if k.Len > 0 {
		f.Flags |= lab.PSH * boolean(k.Data)
		f.Payload = []byte(strings.Repeat("x", min(k.Len, 1400)))
	}
	var err error
	if k.Quoted {
		err = lab.ForgeICMP(lab.ICMPError{From: router, Type: k.Type, Code: k.Code, Quoted: f})
	} else {
		err = lab.Forge(f)
	}
	if err != nil {
		t.fail(err)
		return
	}
	t.result.Forged++
}

func boolean(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// busy reports whether a call is under way on a socket that a repair of it could
// disturb: a read is only parked.
func (t *trial) busy(local, remote netip.AddrPort) bool {
	for _, e := range t.rec.Events() {
		if e.Local == local && e.Remote == remote && e.End.IsZero() && proof.Sends(e.Op) {
			return true
		}
	}
	return false
}

// answer acknowledges the segment of the action, and each repeat of it, in the
// name of its receiver. The lock is held.
func (t *trial) answer() {
	if t.fired {
		return
	}
	t.fired = true
	k := t.action.Segment
	from, to, ok := t.ends()
	if !ok {
		return
	}
	since := t.result.Dials[k.Dial].Since
	t.watches.Go(func() {
		for done := 0; ; done++ {
			var s capture.Segment
			at := 0
			err := t.session.Await(t.ctx, func(o *capture.Segment) bool {
				if o.Src != from || o.Dst != to || o.Time.Before(since) {
					return false
				}
				first, _ := proof.Streams(t.session.Seen(), from, to, since, every)
				if !k.Like(o, first) {
					return false
				}
				at++
				s = *o
				return at > done
			})
			if err != nil {
				return // the performance is over
			}
			t.acknowledge(&s)
		}
	})
}

// acknowledge answers one segment. A keep-alive probe is the octet before the
// next, without any (RFC 9293 §3.8.4).
func (t *trial) acknowledge(s *capture.Segment) {
	f := lab.Forged{From: s.Dst, To: s.Src, Flags: lab.ACK, Seq: uint32(s.Ack), Ack: uint32(s.End()), Window: 1 << 15, Mark: true}
	switch {
	case s.Flags.Has(capture.SYN):
		f.Flags |= lab.SYN
	case s.End() == s.Seq:
		f.Ack++
	}
	err := lab.Forge(f)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fail(err)
	t.result.Forged++
}
