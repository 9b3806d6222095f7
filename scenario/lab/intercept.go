package lab

import "fmt"

// Numbers are the exact numbers of a segment, those of the wire.
type Numbers struct{ Seq, Ack uint32 }

// Intercept is which segments an experiment takes off the wire: those that
// Match has, narrowed down. They have been captured and never arrive; the rule
// stands before those of [Drop] and its like, so that no firewall of a story
// sees them. What was forged with [Forged.Mark] passes.
type Intercept struct {
	Match            // Inbound and Skip do not count: it is at INPUT
	Numbers *Numbers // if set only segments with exactly these
	NoAck   bool     // of Numbers the acknowledgement is any
	Bare    bool     // only segments without payload
	Quoted  bool     // not the segments of Match but ICMP errors that quote one; only addresses count
}

// mark is what is set on forged segments that pass every [Take].
const mark = 0x727374

// Take is [Drop] for an experiment.
func Take(i Intercept) (*Rule, error) {
	i.Inbound, i.Skip = true, 0
	i.own = &i
	if i.Quoted && !(i.From.IsValid() && i.To.IsValid()) {
		return nil, fmt.Errorf("lab: take segments: %w", invalid("a quotation of %v→%v", i.From, i.To))
	}
	return newRule("take segments", i.Match, 0, verdict{kind: drops})
}
