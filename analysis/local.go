package analysis

import (
	"slices"

	"github.com/rstwatch/rstwatch/scenario"
)

// localRule is one row of the table that says what a dial means that failed
// before it had sent anything: connect(2) asks for a route first, and for a
// port.
type localRule struct {
	err    scenario.Fault
	says   string
	source string
}

// noSegmentLeft is the name of all rows about dials that failed at home.
const noSegmentLeft = "no-segment-left"

// localRefusals are the same in both models, but for the kinds of routes that
// only Linux has (fib_props).
var localRefusals = []localRule{
	{"ENETUNREACH", "the host itself has no route to this address: no SYN left", "ip_route_output_key, ip6_route_output"},
	{"EHOSTUNREACH", "the host's own routing table calls this address unreachable, or the neighbour did not answer: no SYN left",
		"fib_props, RTN_UNREACHABLE; arp_error_report"},
	{"EACCES", "the host's own routing table prohibits this address, or it is a broadcast address: no SYN left",
		"fib_props, RTN_PROHIBIT; ip_route_connect"},
	{"EINVAL", "the host's own routing table has a blackhole for this address: no SYN left", "fib_props, RTN_BLACKHOLE"},
	{"EADDRNOTAVAIL", "the host has no local address, or no free port, for a connection to this address: no SYN left",
		"__inet_hash_connect"},
}

// refusedLocally says why a dial failed of which no segment was captured, "" if
// that can not be told: frames were lost, or a segment went there all the same.
func (x *explainer) refusedLocally(ev *scenario.Event) (says, source string) {
	if ev.Op != scenario.OpDial || slices.ContainsFunc(x.evidence.Losses, func(l Loss) bool {
		return !l.To.Before(ev.Start) && !l.From.After(ev.End)
	}) {
		return "", ""
	}
	to := plain(ev.Remote)
	for i := range x.evidence.Segments {
		s := &x.evidence.Segments[i]
		if s.Dst == to && !s.Time.Before(ev.Start) && !s.Time.After(ev.End) {
			return "", ""
		}
	}
	for i := range localRefusals {
		if r := &localRefusals[i]; r.err == ev.Fault {
			return r.says, r.source
		}
	}
	return "", ""
}
