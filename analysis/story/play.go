package story

import (
	"net/netip"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// patience bounds each wait for what the text says, or implies, has arrived.
const patience = time.Second

// player performs a text once.
type player struct {
	stage   *scenario.Stage
	text    *trace.Trace
	at      netip.AddrPort // where the server listens, or has bound
	hears   bool
	accepts bool // an accept is under way
	ends    map[string]*end
	joins   map[int]func() // by event: the calls under way
}

// end is one end of a connection.
type end struct {
	peer       *scenario.Peer // nil before the dial or the accept has returned
	other      string
	reads      bool // a read is under way
	closed     bool // the program has closed it
	shut       bool // or its writing side
	deaf       bool // or its reading side
	finCame    bool // the other side's FIN has been awaited
	hungUp     bool // and so has its end
	draws      bool // it has written to a side that reads no more: an RST must come
	orphaned   bool // the listener closed before it was accepted
	finAcked   bool // the acknowledgement of its own FIN has been awaited
	unaccepted bool
}

// play makes the calls of the text in order. What is under way at the end
// returns when the stage closes what is open.
func play(s *scenario.Stage, t *trace.Trace) {
	p := &player{stage: s, text: t, ends: make(map[string]*end), joins: make(map[int]func())}
	for i := range t.Steps {
		step := &t.Steps[i]
		switch {
		case step.Segment != 0:
			p.arrives(step)
		case step.Returns:
			if join := p.joins[step.Event]; join != nil {
				delete(p.joins, step.Event)
				join()
			}
		default:
			p.call(step)
		}
	}
}

func (p *player) end(name string) *end {
	e := p.ends[name]
	if e == nil {
		e = &end{other: trace.Other(name)}
		p.ends[name] = e
	}
	return e
}

// call makes a call, or begins it.
func (p *player) call(step *trace.Step) {
	ev := &p.text.Evidence.Events[step.Event-1]
	e := p.end(step.Name)
	p.listen(step, ev)
	if !step.Listens && e.peer != nil {
		p.settle(e)
	}
	do, after := p.action(step, ev, e)
	if !step.Waits {
		do()
		after()
		return
	}
	e.reads = e.reads || ev.Op == scenario.OpRead
	p.accepts = p.accepts || ev.Op == scenario.OpAccept
	join := p.stage.Go(do)
	p.joins[step.Event] = func() {
		join()
		e.reads = e.reads && ev.Op != scenario.OpRead
		p.accepts = p.accepts && ev.Op != scenario.OpAccept
		after()
	}
}

// listen opens the listener that the text takes for granted.
func (p *player) listen(step *trace.Step, ev *scenario.Event) {
	if !step.Listens && !p.at.IsValid() && (ev.Op == scenario.OpDial || ev.Op == scenario.OpAccept) {
		p.at, p.hears = p.stage.Listen(), true
	}
}

// action returns what makes the call, and what to note when it has returned.
func (p *player) action(step *trace.Step, ev *scenario.Event, e *end) (do, after func()) {
	note := func() {}
	switch ev.Op {
	case scenario.OpListen:
		return func() { p.at, p.hears = p.stage.Listen(), true }, note
	case scenario.OpBind:
		return func() { p.at = p.stage.Bind() }, note
	case scenario.OpDial:
		var peer *scenario.Peer
		return func() { peer = p.stage.Dial(p.at) }, func() { p.dialled(e, peer) }
	case scenario.OpAccept:
		var peer *scenario.Peer
		client := p.end(e.other)
		accept := p.stage.AcceptNext
		if dialled := client.peer; dialled != nil && dialled.Local().IsValid() {
			accept = func() *scenario.Peer { return p.stage.Accept(dialled) }
		}
		return func() { peer = accept() }, func() { e.peer, client.unaccepted = peer, false }
	}
	if step.Listens {
		return p.stage.CloseListener, p.silent
	}
	return p.socketCall(step, ev, e)
}

// dialled notes the result of a dial, and waits until the connection can be
// accepted.
func (p *player) dialled(e *end, peer *scenario.Peer) {
	e.peer = peer
	if peer.Local().IsValid() && p.hears && !p.accepts {
		e.unaccepted = true
		p.stage.QueueWithin(patience)
	}
}

// silent notes that the listener has closed, and with it what nobody accepted.
func (p *player) silent() {
	p.hears = false
	for _, e := range p.ends {
		e.orphaned = e.orphaned || e.unaccepted
	}
}

// socketCall is a call on one end of a connection.
func (p *player) socketCall(step *trace.Step, ev *scenario.Event, e *end) (do, after func()) {
	peer := e.peer
	if peer == nil {
		return func() {}, func() {} // its dial or accept has not returned
	}
	switch ev.Op {
	case scenario.OpRead:
		if step.Within > 0 {
			return func() { peer.ReadWithin(ev.Asked, step.Within) }, func() {}
		}
		return func() { peer.Read(ev.Asked) }, func() {}
	case scenario.OpWrite:
		text := step.Text
		if text == "" {
			text = strings.Repeat("x", ev.Asked)
		}
		return func() { peer.Write(text) }, func() { p.wrote(e) }
	case scenario.OpClose:
		return peer.Close, func() { e.closed = true }
	case scenario.OpCloseWrite:
		return peer.CloseWrite, func() { e.shut = true }
	case scenario.OpCloseRead:
		return peer.CloseRead, func() { e.deaf = true }
	case scenario.OpSetLinger:
		return func() { peer.SetLinger(ev.Asked) }, func() {}
	case scenario.OpSOError:
		return peer.SOError, func() {}
	}
	return func() { p.poll(peer, ev.Asked) }, func() {}
}

func (p *player) poll(peer *scenario.Peer, bits int) {
	switch bits {
	case scenario.PollHup:
		peer.AwaitHangup()
	case scenario.PollRdHup:
		peer.AwaitFIN()
	default:
		peer.UnreadWithin(1, patience)
	}
}

// wrote notes a write that draws an RST: the other side takes nothing any more.
func (p *player) wrote(e *end) {
	o := p.end(e.other)
	if !o.closed && !(o.shut && o.deaf) {
		return
	}
	local := e.peer.Local()
	for _, ev := range p.stage.Calls() {
		if ev.Op == scenario.OpWrite && ev.Local == local {
			e.draws = ev.Fault == "" && ev.N > 0 // the last one counts
		}
	}
}

// flags returns the flags of the segment of a step, and whether it has octets.
func (p *player) flags(step *trace.Step) (f capture.Flags, octets bool) {
	for _, s := range p.text.Evidence.Segments {
		if s.ID == step.Segment {
			return s.Flags, s.Len > 0
		}
	}
	return 0, false
}
