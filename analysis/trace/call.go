package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// call reads "OP …" of the end e: a call, or the return of one.
func (p *parser) call(e *end, words []string, at, end time.Time) error {
	said, asserted, result := cutResult(words)
	if len(said) == 0 {
		return errors.New("no operation")
	}
	step := Step{Line: p.line, Name: e.name}
	if said[0] == "..." {
		i := slices.IndexFunc(p.open, func(o opened) bool { return o.name == e.name })
		if i < 0 {
			return fmt.Errorf("no call of %s is under way", e.name)
		}
		ev := p.open[i].call
		if at.Before(ev.Start) {
			return fmt.Errorf("this call of %s returns before it began", e.name)
		}
		p.open = slices.Delete(p.open, i, i+1)
		ev.End = at
		step.Event, step.Returns = ev.ID, true
		p.trace.Steps = append(p.trace.Steps, step)
		return p.result(ev, result, asserted)
	}
	ev := &scenario.Event{ID: len(p.calls) + 1, Role: e.role, Op: scenario.Op(bare(said[0])), Start: at, End: end,
		Local: e.local, Remote: e.remote}
	step.Event, step.Listens = ev.ID, p.socket(ev, e)
	waits := said[len(said)-1] == "..."
	if waits {
		said = said[:len(said)-1]
	}
	if err := p.asks(ev, said[1:], &step); err != nil {
		return err
	}
	p.calls = append(p.calls, ev)
	if waits {
		ev.End = time.Time{}
		step.Waits = true
		p.open = append(p.open, opened{e.name, ev})
		p.trace.Steps = append(p.trace.Steps, step)
		return nil
	}
	p.trace.Steps = append(p.trace.Steps, step)
	if end.IsZero() {
		if result != "" || len(asserted) > 0 {
			return errors.New("a call without an end has no result")
		}
		return nil
	}
	if err := p.result(ev, result, asserted); err != nil {
		return err
	}
	if ev.Op == scenario.OpDial && !p.recorded {
		return p.handshake(e, ev, at)
	}
	return nil
}

// socket numbers the socket of a call, unless a line has declared it: a dial
// or an accept makes one. It reports whether the call is on a listener.
func (p *parser) socket(ev *scenario.Event, e *end) (listens bool) {
	if ev.Op.Library() {
		ev.Conn, ev.Local, ev.Remote = 0, netip.AddrPort{}, netip.AddrPort{}
		return false
	}
	if e.declared {
		ev.Conn = e.conn
		return false
	}
	switch ev.Op {
	case scenario.OpListen, scenario.OpBind, closeListener:
		ev.Remote, ev.Conn = netip.AddrPort{}, listenerConn
		if ev.Op == closeListener {
			ev.Op = scenario.OpClose
		}
		return true
	case scenario.OpDial, scenario.OpAccept:
		e.made++
	}
	const apart = 1000 // more sockets than one name has
	ev.Conn = 2 + 2*e.made + apart*int(e.local.Port()%40000)
	if e.role == scenario.Server {
		ev.Conn = 3 + 2*e.made + apart*int(e.remote.Port()%40000)
	}
	return false
}

// asks reads what a call asks for: octets, text, bits of a poll or seconds, and
// the deadline that it has.
func (p *parser) asks(ev *scenario.Event, words []string, step *Step) error {
	if len(words) > 0 && words[0] != "deadline" && words[0] != "within" {
		switch bits, ok := pollBits(words[0]); {
		case isQuoted(words[0]):
			step.Text = bare(words[0])
			ev.Asked = len(step.Text)
		case ev.Op == scenario.OpPoll && ok:
			ev.Asked = bits
		default:
			n, err := strconv.ParseInt(words[0], 0, 32)
			if err != nil {
				return fmt.Errorf(`%s %s: it asks for a number of octets, such as 16, or for "text"`, ev.Op, words[0])
			}
			ev.Asked = int(n)
		}
		words = words[1:]
	}
	for ; len(words) > 0; words = words[2:] {
		if len(words) < 2 {
			return fmt.Errorf("%s needs a value", words[0])
		}
		d, ok := seconds(words[1])
		switch {
		case words[0] == "deadline" && ok:
			ev.Deadline = p.epoch.Add(d)
		case words[0] == "within":
			d, ok := span(words[1])
			if !ok {
				return fmt.Errorf("within takes a time such as 20ms, not %s", words[1])
			}
			step.Within, ev.Deadline = d, ev.Start.Add(d)
		default:
			return fmt.Errorf("%s %s is neither a deadline in seconds nor within and a time such as 20ms", words[0], words[1])
		}
	}
	return nil
}

// span reads a time such as 20ms, or a number of seconds.
func span(word string) (time.Duration, bool) {
	if d, err := time.ParseDuration(word); err == nil && d > 0 {
		return d, true
	}
	d, ok := seconds(word)
	return d, ok && d > 0
}

// pollNames are the bits that a person knows by name.
var pollNames = []struct {
	bit  int
	name string
}{{scenario.PollIn, "IN"}, {scenario.PollErr, "ERR"}, {scenario.PollHup, "HUP"}, {scenario.PollRdHup, "RDHUP"}}

// pollBits reads such as "IN,HUP"; what has no name stands as a number.
func pollBits(word string) (bits int, ok bool) {
next:
	for name := range strings.SplitSeq(word, ",") {
		for _, n := range pollNames {
			if n.name == name {
				bits |= n.bit
				continue next
			}
		}
		n, err := strconv.ParseInt(name, 0, 32)
		if err != nil {
			return 0, false
		}
		bits |= int(n)
	}
	return bits, true
}

// pollText is what pollBits reads.
func pollText(bits int) string {
	var names []string
	for _, n := range pollNames {
		if bits&n.bit != 0 {
			names = append(names, n.name)
			bits &^= n.bit
		}
	}
	if bits != 0 || len(names) == 0 {
		names = append(names, fmt.Sprintf("%#x", bits))
	}
	return strings.Join(names, ",")
}

// handshake puts in the segments that a dial sets off which is over on its own
// line: three, or the two of one that is refused.
func (p *parser) handshake(e *end, ev *scenario.Event, at time.Time) error {
	peer, err := p.end(Other(e.name))
	if err != nil {
		return err
	}
	lines := []struct {
		from, to *end
		flags    string
	}{{e, peer, "SYN"}, {peer, e, "SYN,ACK"}, {e, peer, "ACK"}}
	switch ev.Fault {
	case "":
	case scenario.ECONNREFUSED:
		lines = lines[:2]
		lines[1].flags = "RST,ACK"
	default:
		return nil // what else fails a dial is for the text to say
	}
	steps, checks := p.trace.Steps, len(p.trace.expected)
	for i, l := range lines {
		if err := p.segment(l.from, []string{l.to.name, l.flags}, at.Add(time.Duration(10+10*i)*time.Microsecond)); err != nil {
			return err
		}
	}
	p.trace.Steps = steps // they stand on no line, and nothing is expected of them
	p.trace.expected = p.trace.expected[:checks]
	return nil
}
