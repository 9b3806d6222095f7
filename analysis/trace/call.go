package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

func (p *parser) call(role scenario.Role, words []string, at, end time.Time) error {
	said, asserted, result := cutResult(words)
	if len(said) == 0 {
		return errors.New("no operation")
	}
	if said[0] == "..." {
		i := slices.IndexFunc(p.open, func(ev *scenario.Event) bool { return ev.Role == role })
		if i < 0 {
			return fmt.Errorf("no call of the %s is under way", role)
		}
		ev := p.open[i]
		p.open = slices.Delete(p.open, i, i+1)
		ev.End = at
		return p.result(ev, result, asserted)
	}
	ev := &scenario.Event{ID: len(p.calls) + 1, Role: role, Op: scenario.Op(said[0]), Start: at, End: end,
		Local: addresses[role], Remote: addresses[other(role)]}
	p.calls = append(p.calls, ev)
	p.socket(ev)
	waits := said[len(said)-1] == "..."
	if waits {
		said = said[:len(said)-1]
	}
	if len(said) > 1 {
		n, err := strconv.ParseInt(said[1], 0, 0)
		if err != nil {
			return fmt.Errorf("%s: %w", said[0], err)
		}
		ev.Asked = int(n)
	}
	if len(said) > 3 && said[2] == "deadline" {
		d, err := strconv.ParseFloat(said[3], 64)
		if err != nil {
			return fmt.Errorf("deadline: %w", err)
		}
		ev.Deadline = epoch.Add(time.Duration(d * float64(time.Second)))
	}
	if waits {
		ev.End = time.Time{}
		p.open = append(p.open, ev)
		return nil
	}
	if err := p.result(ev, result, asserted); err != nil {
		return err
	}
	if ev.Op == scenario.OpDial {
		p.handshake(at)
	}
	return nil
}

// listenerConn is the number of the server's listener; closeListener closes it.
const (
	listenerConn              = 1
	closeListener scenario.Op = "close-listener"
)

// socket numbers the socket of a call: a dial or an accept makes one.
func (p *parser) socket(ev *scenario.Event) {
	switch ev.Op {
	case scenario.OpListen, scenario.OpBind, closeListener:
		ev.Remote, ev.Conn = netip.AddrPort{}, listenerConn
		if ev.Op == closeListener {
			ev.Op = scenario.OpClose
		}
		return
	case scenario.OpDial, scenario.OpAccept:
		p.conns[ev.Role]++
	}
	ev.Conn = 2 + 2*p.conns[ev.Role]
	if ev.Role == scenario.Server {
		ev.Conn++
	}
}

// handshake puts in the three segments that a dial sets off.
func (p *parser) handshake(at time.Time) {
	for i, words := range [][]string{{"server", "SYN"}, {"client", "SYN,ACK"}, {"server", "ACK"}} {
		if err := p.segment(other(scenario.Role(words[0])), words, at.Add(time.Duration(10+10*i)*time.Microsecond)); err != nil {
			panic(err) // the words are ours
		}
	}
}

// cutResult separates a call from what it returned and from what is asserted
// of it.
func cutResult(words []string) (call, asserted []string, result string) {
	call = words
	if i := slices.IndexFunc(words, func(w string) bool { return w == "<-" || w == "rule" || w == "!" }); i >= 0 {
		call, asserted = words[:i], words[i:]
	}
	if i := slices.Index(call, "="); i >= 0 {
		result = strings.Join(call[i+1:], "")
		call = call[:i]
	}
	return call, asserted, result
}

// result sets what ev returned and what the model is to say of it.
func (p *parser) result(ev *scenario.Event, result string, asserted []string) error {
	expect := expectation{line: p.line, event: ev.ID, outcome: analysis.Explained}
	count, failed, both := strings.Cut(result, "+")
	if both {
		result = failed
	}
	possible := strings.Split(result, "|")
	ev.N = ev.Asked
	if result != "" {
		ev.N = 0
		for i, word := range possible {
			n, err := strconv.ParseInt(word, 0, 0)
			switch {
			case err == nil && i == 0:
				ev.N = int(n)
				expect.predicted = append(expect.predicted, "")
			case err == nil || word == "ok":
				expect.predicted = append(expect.predicted, "")
			case i == 0:
				ev.Fault = scenario.Fault(word)
				ev.Err = word
				fallthrough
			default:
				expect.predicted = append(expect.predicted, scenario.Fault(word))
			}
		}
		if both {
			n, err := strconv.Atoi(count)
			if err != nil {
				return fmt.Errorf("octets before the fault: %w", err)
			}
			ev.N = n
		}
	} else {
		expect.predicted = []scenario.Fault{""}
	}
	for rest := asserted; len(rest) > 0; rest = rest[2:] {
		if len(rest) < 2 {
			return fmt.Errorf("%q needs a value", rest[0])
		}
		switch rest[0] {
		case "<-":
			if rest[1] == "none" {
				expect.causeless = true
				continue
			}
			flags, ok := capture.ParseFlags(rest[1])
			if !ok {
				return fmt.Errorf("%q are no flags", rest[1])
			}
			for _, s := range p.trace.Evidence.Segments {
				if s.Flags == flags && s.Dst == ev.Local && !s.ICMP.Is() {
					expect.cause = s.ID
				}
			}
			if expect.cause == 0 {
				return fmt.Errorf("no %s has come", rest[1])
			}
		case "rule":
			expect.rule = rest[1]
		case "!":
			expect.outcome = analysis.Unexplained
			if rest[1] == analysis.Inconclusive.String() {
				expect.outcome = analysis.Inconclusive
			}
			expect.predicted = nil
		}
	}
	p.trace.expected = append(p.trace.expected, expect)
	return nil
}
