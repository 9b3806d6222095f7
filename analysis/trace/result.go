package trace

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// cutResult separates a call from what it returned and from what is asserted
// of it.
func cutResult(words []string) (call, asserted []string, result string) {
	call = words
	if i := slices.IndexFunc(words, func(w string) bool {
		return w == "<-" || w == "rule" || w == "!" || w == "error" || w == "state" || w == "by"
	}); i >= 0 {
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
	ev.N = ev.Asked
	expect.predicted = []scenario.Fault{""}
	if result != "" {
		if err := expect.returns(ev, result); err != nil {
			return err
		}
	}
	for rest := asserted; len(rest) > 0; rest = rest[2:] {
		if len(rest) < 2 {
			return fmt.Errorf("%q needs a value", rest[0])
		}
		if err := p.assert(ev, &expect, rest[0], rest[1]); err != nil {
			return err
		}
	}
	p.trace.expected = append(p.trace.expected, expect)
	return nil
}

// returns reads what stands after "=": what the call returned, and after | what
// else the model may predict.
func (w *expectation) returns(ev *scenario.Event, result string) error {
	w.stated, w.predicted, ev.N = true, nil, 0
	unknown := false
	for i, word := range alternatives(result) {
		count, fault, both := strings.Cut(word, "+")
		n, err := strconv.ParseInt(count, 0, 64)
		bits, named := 0, false
		if ev.Op == scenario.OpPoll {
			bits, named = pollBits(word)
		}
		switch {
		case word == unforeseen && i > 0:
			unknown = true
			continue
		case both && err != nil && !isQuoted(word):
			return fmt.Errorf("octets before a fault are such as 5+ECONNRESET, not %s", word)
		case !both && (err == nil || named || word == "ok"):
			w.predicted = append(w.predicted, "")
			if named {
				n = int64(bits)
			}
			if i == 0 && word != "ok" {
				ev.N, w.count = int(n), true
			}
			continue
		case !both || isQuoted(word):
			fault = bare(word)
		default:
			fault = bare(fault)
		}
		if fault == "" {
			return fmt.Errorf("%q is no result: it is a number, ok, or a fault such as ECONNRESET", word)
		}
		w.predicted = append(w.predicted, scenario.Fault(fault))
		if i > 0 {
			continue
		}
		ev.Fault, ev.Err = scenario.Fault(fault), fault
		if both && !isQuoted(word) {
			ev.N, w.count = int(n), true
		}
	}
	w.returned = slices.Clone(w.predicted)
	if unknown {
		w.predicted = w.predicted[1:]
	}
	return nil
}

// alternatives cuts at |, but not within quotes.
func alternatives(result string) (list []string) {
	from, quoted := 0, false
	for i := 0; i < len(result); i++ {
		switch {
		case quoted && result[i] == '\\':
			i++
		case result[i] == '"':
			quoted = !quoted
		case result[i] == '|' && !quoted:
			list, from = append(list, result[from:i]), i+1
		}
	}
	return append(list, result[from:])
}

// assert reads one thing that the text says of a call besides its result.
func (p *parser) assert(ev *scenario.Event, w *expectation, what, value string) error {
	switch what {
	case "<-":
		return p.cause(ev, w, value)
	case "rule":
		w.rule = value
	case "error":
		ev.Err = bare(value)
	case "state":
		ev.State, ev.StateAt = bare(value), ev.End
	case "by":
		d, ok := seconds(value)
		if ev.StateAt = p.epoch.Add(d); !ok || ev.State == "" || ev.StateAt.Before(ev.End) {
			return fmt.Errorf("by %s: it follows a state, and is a time in seconds, not before the end of the call", value)
		}
	case "!":
		for _, o := range []analysis.Outcome{analysis.Unexplained, analysis.Inconclusive} {
			if value == o.String() {
				w.outcome, w.predicted = o, nil
				return nil
			}
		}
		return fmt.Errorf("! takes unexplained or inconclusive, not %s", value)
	default:
		return fmt.Errorf("%q is none of <-, rule, !, state, by, error", what)
	}
	return nil
}

// cause reads what a call's result came from: a segment by its number, the last
// to that side with these flags, or none.
func (p *parser) cause(ev *scenario.Event, w *expectation, value string) error {
	if value == "none" {
		w.causeless = true
		return nil
	}
	if number, ok := strings.CutPrefix(value, "#"); ok {
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 {
			return fmt.Errorf("%s is not the number of a segment", value)
		}
		w.cause = n
		return nil
	}
	flags, ok := capture.ParseFlags(value)
	if !ok {
		return fmt.Errorf("%q are no flags: they are such as FIN,ACK or RST", value)
	}
	w.causeFlags = flags
	for _, s := range p.trace.Evidence.Segments {
		if s.Flags == flags && s.Dst == ev.Local && !s.ICMP.Is() {
			w.cause = s.ID
		}
	}
	if w.cause == 0 {
		w.missing = true // a story need not have a line for the segment
	}
	return nil
}
