package scenario

import (
	"net/netip"
	"testing"
)

func TestDiffers(t *testing.T) {
	end := now()
	event := func(r Role, op Op, f Fault) Event { return Event{Role: r, Op: op, Fault: f, End: end} }
	dial, accept := event(Client, OpDial, ""), event(Server, OpAccept, "")
	ok, reset, pipe := event(Client, OpWrite, ""), event(Client, OpWrite, ECONNRESET), event(Client, OpWrite, EPIPE)
	eof := event(Client, OpRead, EOF)
	sc := &Scenario{Name: "story", Expect: map[string][]Result{
		"a": {{Role: Client, Op: OpWrite, Fault: ECONNRESET}, {Role: Client, Op: OpWrite, Fault: EPIPE}},
		"b": {{Role: Client, Op: OpRead, Fault: EOF}},
		"c": nil,
		"m": {{Role: Client, Op: OpRead, Fault: EOF, Maybe: true}, {Role: Client, Op: OpWrite, Fault: EPIPE}, {Role: Client, Op: OpRead, Fault: EOF, Maybe: true}},
		"r": {{Role: Client, Op: OpWrite, Fault: ECONNRESET, Or: EPIPE}},

		"six": {{Role: Client, Op: OpDial, Fault: EOF}},
	}, Expect6: map[string][]Result{"six": {{Role: Client, Op: OpDial, Fault: EPIPE}}}}
	here, there := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("[2001:db8::1]:1")
	for _, test := range []struct {
		model  string
		events []Event
		want   string
	}{
		{"a", []Event{dial, accept, reset, pipe}, ""},
		{"a", []Event{dial, accept, ok, reset, ok, pipe}, ""},
		{"a", []Event{dial, accept, reset, reset}, "client write 2 gave ECONNRESET, expected EPIPE"},
		{"a", []Event{dial, accept, pipe, pipe}, "client write 1 gave EPIPE, expected ECONNRESET"},
		{"a", []Event{dial, accept, reset, ok}, "client write 2 succeeded, expected EPIPE"},
		{"a", []Event{dial, accept, ok, reset}, "no client write gave EPIPE"},
		{"a", []Event{dial, accept, ok}, "client write succeeded, expected ECONNRESET"},
		{"a", []Event{event(Client, OpDial, ECONNREFUSED)}, "client dial gave ECONNREFUSED, expected success"},
		{"b", []Event{dial, accept, eof}, ""},
		{"b", []Event{dial, accept, eof, eof}, "client read 2 gave EOF, expected success"},
		{"b", []Event{dial, accept}, "no client read gave EOF"},
		{"b", []Event{dial, accept, {Role: Client, Op: OpRead}}, "client read has not returned"},
		{"c", []Event{dial, accept}, ""},
		{"m", []Event{dial, accept, pipe}, ""},
		{"m", []Event{dial, accept, eof, pipe}, ""},
		{"m", []Event{dial, accept, pipe, eof}, ""},
		{"m", []Event{dial, accept, eof}, "no client write gave EPIPE"},
		{"m", []Event{dial, accept, eof, reset}, "client write gave ECONNRESET, expected EPIPE"},
		{"r", []Event{dial, accept, reset}, ""},
		{"r", []Event{dial, accept, pipe}, ""},
		{"r", []Event{dial, accept, ok}, "client write succeeded, expected ECONNRESET|EPIPE"},
		{"r", []Event{dial, accept, event(Client, OpWrite, Deadline)}, "client write gave DEADLINE, expected ECONNRESET|EPIPE"},
		{"d", nil, `story has no expectations for "d"`},
		{"six", []Event{{Role: Client, Op: OpDial, Fault: EOF, End: end, Local: here}}, ""},
		{"six", []Event{{Role: Client, Op: OpDial, Fault: EPIPE, End: end, Remote: there}}, ""},
		{"six", []Event{{Role: Client, Op: OpDial, Fault: EOF, End: end, Remote: there}}, "client dial gave EOF, expected EPIPE"},
	} {
		if got := sc.Differs(test.model, test.events); got != test.want {
			t.Errorf("on %s, %s: %q, not %q", test.model, told(test.events), got, test.want)
		}
	}
}

func TestLoopback(t *testing.T) {
	if a := IPv4.Loopback(); !a.Is4() || !a.IsLoopback() {
		t.Errorf("ipv4: %v", a)
	}
	if a := IPv6.Loopback(); !a.Is6() || !a.IsLoopback() {
		t.Errorf("ipv6: %v", a)
	}
	if a := Family("ipx").Loopback(); a.IsValid() {
		t.Errorf("ipx: %v", a)
	}
}
