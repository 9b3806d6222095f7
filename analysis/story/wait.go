package story

import (
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// windowful is how many octets surely find room at a receiver that reads
// nothing; more are not waited for.
const windowful = 32 << 10

// settle waits for what the lines above must have brought to an end that is
// about to make a call.
func (p *player) settle(e *end) {
	if e.closed || !e.peer.Local().IsValid() {
		return
	}
	o := p.end(e.other)
	switch {
	case e.orphaned:
		p.hangup(e)
	case o.closed:
		p.fin(e)
		p.finAcked(o)
	case o.shut:
		p.fin(e)
	default:
		p.octets(e, o)
	}
	if e.draws {
		p.hangup(e)
		e.draws = false
	}
}

// arrives waits until the socket of a segment's receiver has got it.
func (p *player) arrives(step *trace.Step) {
	from, to := p.end(step.Name), p.end(step.To)
	if to.peer == nil || !to.peer.Local().IsValid() {
		return // a handshake is waited for by its calls
	}
	flags, octets := p.flags(step)
	switch {
	case flags.Has(capture.SYN):
	case flags.Has(capture.RST):
		p.hangup(to)
	case flags.Has(capture.FIN):
		p.fin(to)
	case octets || flags.Has(capture.PSH):
		p.octets(to, from)
	case to.closed || to.shut:
		p.finAcked(to)
	default:
		to.peer.AckedWithin(patience)
	}
}

func (p *player) hangup(e *end) {
	if !e.closed && !e.hungUp {
		e.hungUp = e.peer.HangupWithin(patience)
	}
}

func (p *player) fin(e *end) {
	if !e.closed && !e.finCame && !e.hungUp && !e.deaf {
		e.finCame = e.peer.FINWithin(patience)
	}
}

// finAcked waits for the acknowledgement of the FIN of e. Once that is in, a
// segment for e meets the same socket, however late it is.
func (p *player) finAcked(e *end) {
	if e.peer != nil && !e.finAcked {
		e.finAcked = e.peer.FINAckedWithin(patience)
	}
}

// octets waits until what o has written, and e has not read, has arrived at e.
func (p *player) octets(e, o *end) {
	if o.peer == nil || e.closed || e.reads || e.deaf || e.hungUp || e.finCame {
		return
	}
	from, to := o.peer.Local(), e.peer.Local()
	n := 0
	for _, ev := range p.stage.Calls() {
		switch {
		case ev.Op == scenario.OpWrite && ev.Local == from:
			n += ev.N
		case ev.Op == scenario.OpRead && ev.Local == to:
			n -= ev.N
		}
	}
	if n > 0 && n <= windowful {
		e.peer.UnreadWithin(n, patience)
	}
}
