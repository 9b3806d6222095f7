package experiment

import (
	"context"
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/analysis/proof"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

// taken lists the segments that the experiment takes off the wire.
func (t *trial) taken() []proof.SegmentKey {
	if t.action.AsideSegment != (proof.SegmentKey{}) {
		return append(t.blamed(), t.action.AsideSegment)
	}
	return t.blamed()
}

// blamed lists those that the experiment is about.
func (t *trial) blamed() []proof.SegmentKey {
	switch a := t.action; {
	case a.Kind == proof.Take:
		return []proof.SegmentKey{a.Segment}
	case a.Kind != proof.Forge && a.Kind != proof.Dose || a.HoldCall != (proof.CallKey{}):
		return nil
	case a.HoldSegment != (proof.SegmentKey{}):
		return []proof.SegmentKey{a.HoldSegment}
	default:
		return []proof.SegmentKey{a.Segment}
	}
}

// arm puts into force what is due at this moment of a connection's life.
func (t *trial) arm(at proof.Moment, dial proof.CallKey) {
	for _, k := range t.taken() {
		if k.Arm == at && k.Dial == dial {
			t.take(k)
		}
	}
	if k := t.action.Segment; t.action.Kind == proof.Answer && k.Arm == at && k.Dial == dial {
		t.answer()
	}
}

// take takes a segment and its repeats off the wire.
func (t *trial) take(k proof.SegmentKey) {
	pair, known := t.result.Dials[k.Dial]
	if !known {
		return
	}
	from, to := pair.Dialler, pair.Other
	if !k.FromDialer {
		from, to = to, from
	}
	i := lab.Intercept{Match: lab.Match{From: from, To: to}, Quoted: k.Quoted}
	switch {
	case k.Quoted:
	case k.Data:
		i.HasPayload = true
	case k.Flags.Has(capture.SYN):
		i.Flags, i.Mask = uint8(k.Flags&(capture.SYN|capture.ACK)), lab.SYN|lab.ACK
	case k.Flags.Has(capture.FIN):
		i.Flags, i.Mask = lab.FIN, lab.FIN
	case k.Flags.Has(capture.RST):
		i.Flags, i.Mask = lab.RST, lab.RST
	default:
		i.Flags, i.Mask, i.Bare = lab.ACK, lab.ACK|lab.SYN|lab.FIN|lab.RST|lab.PSH, true
	}
	if k.Exact {
		first, err := t.first(k, from, to)
		if err != nil {
			t.fail(err)
			return
		}
		i.Numbers = &lab.Numbers{Seq: uint32(first[0].Add(k.Seq)), Ack: uint32(first[1].Add(k.Ack))}
		i.NoAck = k.Flags.Has(capture.RST)
	}
	t.install(i, k)
}

// install puts the rule into force, and lets what is to be forged wait for it.
func (t *trial) install(i lab.Intercept, k proof.SegmentKey) {
	rule, err := lab.Take(i)
	if err != nil {
		t.fail(err)
		return
	}
	t.rules, t.result.Armed = append(t.rules, rule), now()
	if t.action.Kind != proof.Forge && t.action.Kind != proof.Dose {
		return
	}
	t.held = &held{rule, k}
	t.watches.Go(func() {
		if rule.Await(t.ctx, 1) == nil { // else the performance is over
			t.forgeAfter(k)
		}
	})
}

// held is what draws the segment that is to be forged.
type held struct {
	rule *lab.Rule
	key  proof.SegmentKey
}

// catchUp forges what is due before the story goes on: who waits for a rule's
// count may be later than a story that waits for nothing. The lock is not held.
func (t *trial) catchUp() {
	t.mu.Lock()
	h, due := t.held, t.held != nil && !t.fired
	t.mu.Unlock()
	if !due {
		return
	}
	if n, err := h.rule.Count(); err == nil && n > 0 {
		t.forgeAfter(h.key)
	}
}

// silence takes away all that the peer sends from now on.
func (t *trial) silence(own, peer netip.AddrPort) {
	if len(t.rules) > 0 {
		return
	}
	rule, err := lab.Take(lab.Intercept{Match: lab.Match{From: peer, To: own}})
	if err != nil {
		t.fail(err)
		return
	}
	t.rules, t.result.Armed = append(t.rules, rule), now()
}

// soon is how long what was certainly sent may take to be captured.
const soon = 5 * time.Second

// first returns the initial numbers of both directions, which the handshake has
// shown.
func (t *trial) first(k proof.SegmentKey, from, to netip.AddrPort) (first [2]capture.Seq, err error) {
	ctx, cancel := context.WithTimeout(t.ctx, soon)
	defer cancel()
	since := t.result.Dials[k.Dial].Since
	for _, way := range [][2]netip.AddrPort{{from, to}, {to, from}} {
		err := t.session.Await(ctx, func(s *capture.Segment) bool {
			return s.Src == way[0] && s.Dst == way[1] && !s.ICMP.Is() && s.Flags.Has(capture.SYN) && !s.Time.Before(since)
		})
		if err != nil {
			return first, err
		}
	}
	first, _ = proof.Streams(t.session.Seen(), from, to, since, every)
	return first, nil
}

func every(*capture.Segment) bool { return true }
