package analysis

import (
	"net/netip"
	"slices"

	"github.com/rstwatch/rstwatch/scenario"
)

// Prospect is what the next calls on one end of a connection return of which no
// call is known: the first read once its queue is empty, the first write, each
// if no error has been taken before it; or, while it is being opened, the dial or
// the accept.
type Prospect struct {
	Addr    netip.AddrPort
	Peer    netip.AddrPort
	Sockets []Socket // what the socket can be by the model, one where there is no doubt
	Returns []Return // by call, the likeliest of each first
	// Assumed says that the connection was not captured from its SYN on: a RST of
	// which the model can not tell whether it was exact is taken to be.
	Assumed bool
	// Foreign says that an RST left in its name which its socket can not have sent:
	// it went on afterwards.
	Foreign bool
}

// Return is one thing that a call can return.
type Return struct {
	Op     scenario.Op
	Fault  scenario.Fault // "" is success, Blocks that the call waits, CLOSED that no program has the socket any more
	Cause  Link           // the segment that brought it about; zero if none did
	Rule   string         // the row of the model
	Source string         // the RFC section or kernel function behind it
	// Timer is the row about the timer that has to give up before the call returns
	// this; "" if it returns it at once.
	Timer string
}

// Of returns what op can return.
func (p *Prospect) Of(op scenario.Op) (list []Return) {
	for _, r := range p.Returns {
		if r.Op == op {
			list = append(list, r)
		}
	}
	return list
}

// Foresee is [Explain] for connections of which segments alone are known. It
// also says what the next calls return on the ends without calls, in the order
// of connections; of each the end that sent the first segment stands first.
func Foresee(e Evidence) (Explanation, []Prospect) {
	x := explain(e)
	return x.out, x.prospects
}

// foresee asks the model about the ends of a connection that nobody watched.
func (x *explainer) foresee(pair [2]*home) {
	for i, h := range pair {
		if len(h.side.calls) == 0 && (i == 0 || pair[1] != pair[0]) {
			x.prospects = append(x.prospects, h.prospect(x.evidence.Model))
		}
	}
}

func (h *home) prospect(m *Model) Prospect {
	p := Prospect{Addr: h.side.addr, Peer: h.peer.side.addr, Sockets: h.replay.sockets(), Assumed: h.partial, Foreign: true}
	for i := range h.replay.worlds.list {
		w := &h.replay.worlds.list[i]
		p.Foreign = p.Foreign && w.foreign
		e := w.endpoint
		e.read = e.arrived // the queue is empty
		ops := []scenario.Op{scenario.OpRead, scenario.OpWrite}
		switch {
		case w.timer == overflow:
			continue // no program has ever had it
		case h.opened(w, h.replay.worlds.past[i]):
		case e.request || e.state == Listen:
			ops = []scenario.Op{scenario.OpAccept}
		case e.listener, e.state == Closed && e.err == "" && !e.finSent && e.sndNxt == 0:
			continue // nobody has a socket there
		case e.state == SynSent || h.side.dialled(h.conn):
			ops = []scenario.Op{scenario.OpDial}
		default:
			continue
		}
		for _, op := range ops {
			for _, r := range m.returns(e, op) {
				p.add(r)
			}
		}
	}
	return p
}

// add notes a return, once.
func (p *Prospect) add(r Return) {
	same := func(o Return) bool { return o.Op == r.Op && o.Fault == r.Fault && o.Timer == r.Timer }
	if !slices.ContainsFunc(p.Returns, same) {
		p.Returns = append(p.Returns, r)
	}
}

// opened reports whether the handshake has ended in w.
func (h *home) opened(w *world, past *step) bool {
	open := ^in(Closed, Listen, SynSent, SynRecv)
	for st := past; st != nil; st = st.prev {
		if open.has(st.after.state) {
			return true
		}
	}
	return open.has(w.state) || w.joined
}

// returns says what a call on e returns, and what once a timer gives up.
func (m *Model) returns(e endpoint, op scenario.Op) []Return {
	ask := func(e endpoint) Return {
		a := m.call(&e, asked(op))
		r := Return{Op: op, Fault: a.fault, Cause: bare(a.cause)}
		if a.rule != nil {
			r.Rule, r.Source = a.rule.name, a.rule.source
		}
		return r
	}
	now := ask(e)
	list := []Return{now}
	for i := range m.timers {
		t := &m.timers[i]
		if t.answer || t.err == scenario.ECONNABORTED || !t.in.has(e.state) || t.when != nil && !t.when(&e) {
			continue
		}
		later := e
		t.expire(&later, Link{})
		if r := ask(later); r.Fault != now.Fault {
			r.Timer, r.Cause = t.name, Link{}
			list = append(list, r)
		}
	}
	return list
}
