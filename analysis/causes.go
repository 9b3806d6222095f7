package analysis

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

// Cause is a row of a model's tables that ends in a fault.
type Cause struct {
	Rule   string        // the row's name
	Where  string        // to what it applies: "a segment in CLOSE_WAIT", "write"
	Calls  []scenario.Op // the calls that it fails at once; nil: the fault becomes the pending error
	Source string        // section of the RFC, function of the kernel
}

// Causes returns the rows that end in f, in the order of the tables: what a
// segment, an ICMP error or a timer leaves as the pending error, and what a
// call returns where none is pending.
func (m *Model) Causes(f scenario.Fault) []Cause {
	var list []Cause
	if f == "" {
		return nil
	}
	for i := range m.segments {
		if r := &m.segments[i]; r.err == f {
			list = append(list, Cause{Rule: r.name, Where: "a segment" + r.in.phrase(), Source: r.source})
		}
	}
	for i := range m.icmpErrors {
		if r := &m.icmpErrors[i]; r.err == f {
			list = append(list, Cause{Rule: r.name, Where: r.phrase(), Source: r.source})
		}
	}
	for i := range m.timers {
		if r := &m.timers[i]; r.err == f {
			list = append(list, Cause{Rule: r.name, Where: r.says, Source: r.source})
		}
	}
	for i := range m.calls {
		if r := &m.calls[i]; r.gives == f {
			list = append(list, Cause{Rule: r.name, Where: joined(r.ops) + r.in.phrase(), Calls: slices.Clone(r.ops), Source: r.source})
		}
	}
	for i := range localRefusals {
		if r := &localRefusals[i]; r.err == f && m.Name == "linux" { // the sources are Linux's
			list = append(list, Cause{Rule: noSegmentLeft, Where: r.says, Calls: []scenario.Op{scenario.OpDial}, Source: r.source})
		}
	}
	return list
}

// phrase says in which states a row applies, "" if in any.
func (set states) phrase() string {
	if set == anyState {
		return ""
	}
	var names []string
	for s := Closed; int(s) < len(stateNames); s++ {
		if set.has(s) {
			names = append(names, s.String())
		}
	}
	return " in " + strings.Join(names, ", ")
}

// phrase says which message a row is about, by type and code.
func (r *icmpRule) phrase() string {
	name := "ICMP"
	if r.v6 {
		name = "ICMPv6"
	}
	if r.codes == nil {
		return fmt.Sprintf("%s type %d", name, r.typ)
	}
	var codes []string
	for _, c := range r.codes {
		codes = append(codes, fmt.Sprint(c))
	}
	return fmt.Sprintf("%s type %d, code %s", name, r.typ, strings.Join(codes, ", "))
}

func joined(ops []scenario.Op) string {
	var names []string
	for _, op := range ops {
		names = append(names, string(op))
	}
	return strings.Join(names, ", ")
}
