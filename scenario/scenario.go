package scenario

import (
	"fmt"
	"net/netip"
	"slices"
)

// Family is an address family of the internet: "ipv4" or "ipv6".
type Family string

// The two families.
const (
	IPv4 Family = "ipv4"
	IPv6 Family = "ipv6"
)

// Loopback returns the family's loopback address, 127.0.0.1 or ::1; for any
// other value the invalid address.
func (f Family) Loopback() netip.Addr {
	switch f {
	case IPv4:
		return netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case IPv6:
		return netip.IPv6Loopback()
	}
	return netip.Addr{}
}

// Scenario is a story about a connection that ends badly, or well: who calls
// what, in which order, and which of the calls fail.
type Scenario struct {
	Name    string // as on a command line: "reset-on-read"
	Summary string // one line
	Story   string // three to six lines for a person, plain text

	// Lab says that the story changes the network, or sends segments in somebody's
	// name. It is performed only in a private network namespace.
	Lab bool

	// Slow says that the story waits for a timer of the kernel, and so takes up
	// to a few seconds. It is performed beside the others.
	Slow bool

	// Alone says that the story changes a setting of its network namespace: what
	// another does there meanwhile may come out otherwise.
	Alone bool

	Tags []string // what it is about, in single words: "reset", "read"
	Refs []string // what explains it: sections of RFCs, functions of kernels

	// Play performs the story on a stage. It runs in one goroutine, but for
	// what it starts with Stage.Go, and it does not look at results: a call
	// that fails is part of the story.
	Play func(*Stage)

	// Expect has, by model ("linux", "darwin"), every call that must fail or
	// reach the end of the stream, in order of Start. All others must succeed. A
	// story without any expects nothing.
	Expect map[string][]Result

	// Expect6 is Expect of a performance over IPv6, for the models where that
	// differs.
	Expect6 map[string][]Result
}

// Result is a call that fails: whose, which, and how.
type Result struct {
	Role  Role
	Op    Op
	Fault Fault
	Or    Fault // where the outcome is a race: what else it may be; "" if it is none
	Maybe bool  // a race decides whether the call is made at all
}

// String returns such as "client write EPIPE" or "client write EPIPE|ECONNRESET".
func (r Result) String() string {
	return fmt.Sprintf("%s %s %s", r.Role, r.Op, r.faults())
}

// faults returns such as "EPIPE" or "EPIPE|ECONNRESET".
func (r Result) faults() string {
	if r.Or == "" {
		return string(r.Fault)
	}
	return string(r.Fault) + "|" + string(r.Or)
}

// gives reports whether the call may fail with f.
func (r Result) gives(f Fault) bool { return f == r.Fault || r.Or != "" && f == r.Or }

// is reports whether e is the call that may fail, and failed so.
func (r Result) is(e Event) bool { return r.Role == e.Role && r.Op == e.Op && r.gives(e.Fault) }

// Differs compares what the calls of a performance returned with what the
// story expects on this model. It returns "" if they agree, and otherwise one
// sentence about the first difference: "client write 2 gave ECONNRESET,
// expected EPIPE".
func (sc *Scenario) Differs(model string, events []Event) string {
	expect, ok := sc.Expect[model]
	if six, differs := sc.Expect6[model]; differs && overIPv6(events) {
		expect, ok = six, true
	}
	if sc.Expect == nil {
		return ""
	}
	if !ok {
		return fmt.Sprintf("%s has no expectations for %q", sc.Name, model)
	}
	last := 0 // the events before this one are settled
	for i, e := range events {
		if e.End.IsZero() {
			return call(events, i) + " has not returned"
		}
		if e.Fault == "" {
			continue
		}
		for len(expect) > 0 && expect[0].Maybe && !expect[0].is(e) {
			expect = expect[1:]
		}
		switch {
		case len(expect) == 0 || expect[0].Role != e.Role || expect[0].Op != e.Op:
			return fmt.Sprintf("%s gave %s, expected success", call(events, i), e.Fault)
		case !expect[0].gives(e.Fault):
			return fmt.Sprintf("%s gave %s, expected %s", call(events, i), e.Fault, expect[0].faults())
		}
		expect, last = expect[1:], i+1
	}
	for len(expect) > 0 && expect[0].Maybe {
		expect = expect[1:]
	}
	if len(expect) == 0 {
		return ""
	}
	for i := len(events) - 1; i >= last; i-- {
		if events[i].Role == expect[0].Role && events[i].Op == expect[0].Op {
			return fmt.Sprintf("%s succeeded, expected %s", call(events, i), expect[0].faults())
		}
	}
	return fmt.Sprintf("no %s %s gave %s", expect[0].Role, expect[0].Op, expect[0].faults())
}

// overIPv6 reports whether the calls were made on sockets of IPv6.
func overIPv6(events []Event) bool {
	return slices.ContainsFunc(events, func(e Event) bool { return e.Local.Addr().Is6() || e.Remote.Addr().Is6() })
}

// call names an event among the others: "client dial", or "client write 2" if
// the client writes more than once.
func call(events []Event, i int) string {
	nth, all := 0, 0
	for j, e := range events {
		if e.Role != events[i].Role || e.Op != events[i].Op {
			continue
		}
		all++
		if j <= i {
			nth++
		}
	}
	name := fmt.Sprintf("%s %s", events[i].Role, events[i].Op)
	if all > 1 {
		name += fmt.Sprintf(" %d", nth)
	}
	return name
}
