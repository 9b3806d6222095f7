package experiment

import (
	"context"
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/proof"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

// reaction is how long a socket is given to react to a dose. Over loopback an
// ACK takes microseconds; only where none is due is all of it waited.
const reaction = 60 * time.Millisecond

// numbers are those of a connection's socket.
func numbers(c *scenario.Conn) (lab.SeqState, error) {
	raw, err := c.SyscallConn()
	if err != nil {
		return lab.SeqState{}, err
	}
	return lab.Sequence(raw)
}

// doses sends RSTs with other numbers, one after the other, and the exact one in
// the end: the first that is believed is the last that is sent. The limit on how
// many invalid segments are answered (tcp_invalid_ratelimit) is lifted. The lock
// is held.
func (t *trial) doses(from, to netip.AddrPort, seq capture.Seq) {
	victim := t.conns[proof.Pair{Dialler: to, Other: from}]
	if victim == nil {
		return
	}
	restore, err := lab.Sysctl("net.ipv4.tcp_invalid_ratelimit", "0")
	if err != nil {
		t.fail(err)
		return
	}
	defer func() { t.fail(restore()) }()
	at, err := numbers(victim)
	if err != nil {
		return // it has no connection any more: there is nothing to show
	}
	next := capture.Seq(at.RcvNxt)
	for _, d := range []analysis.Dose{
		{What: "beyond the window", Offset: int(at.RcvWnd) + 1},
		{What: "the window's right edge", Offset: int(at.RcvWnd) - 1},
		{What: "in the window", Offset: int(at.RcvWnd) / 2},
		{What: "one after the exact number", Offset: 1},
		{What: "one before the exact number", Offset: -1},
		{What: "the exact number", Offset: 0},
	} {
		d.Saw = t.dose(victim, from, to, next.Add(d.Offset))
		t.result.Doses = append(t.result.Doses, d)
		if d.Saw == analysis.Believed {
			break
		}
	}
	t.forgedFrom = proof.Pair{Dialler: from, Other: to}
	t.next = next
}

// dose sends one and tells what the socket does.
func (t *trial) dose(victim *scenario.Conn, from, to netip.AddrPort, seq capture.Seq) analysis.Belief {
	begun := now()
	k := t.action.Segment
	f := lab.Forged{From: from, To: to, Flags: uint8(k.Flags), Seq: uint32(seq), Window: 1 << 15, Mark: true}
	if err := lab.Forge(f); err != nil {
		t.fail(err)
		return analysis.Ignored
	}
	t.result.Forged++
	ctx, cancel := context.WithTimeout(t.ctx, reaction*time.Duration(t.stretch))
	defer cancel()
	answered := t.session.Await(ctx, func(s *capture.Segment) bool {
		return s.Src == to && s.Dst == from && s.Time.After(begun) && s.Flags == capture.ACK && s.Len == 0
	}) == nil
	_, err := numbers(victim)
	switch {
	case scenario.StateOf(victim) == "CLOSED" || err != nil:
		return analysis.Believed
	case answered:
		return analysis.Challenged
	}
	return analysis.Ignored
}

// weigh adds to the doses what the model says of each: the performance has been
// explained.
func (t *trial) weigh() {
	r := t.result.Run
	for i := range t.result.Doses {
		d := &t.result.Doses[i]
		for j := range r.Evidence.Segments {
			s := &r.Evidence.Segments[j]
			if s.Src != t.forgedFrom.Dialler || s.Dst != t.forgedFrom.Other || !s.Flags.Has(capture.RST) || s.Seq != t.next.Add(d.Offset) {
				continue
			}
			n := r.Notes[s.ID]
			d.Model = analysis.Ignored
			for _, rule := range n.Rules {
				d.Rule = rule
			}
			switch {
			case n.Ended:
				d.Model = analysis.Believed
			case d.Rule == "rst-not-exact":
				d.Model = analysis.Challenged
			}
			break // a later one with the same number is another's
		}
	}
}
