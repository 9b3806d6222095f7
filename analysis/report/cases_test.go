package report

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// story is a run to be drawn: what happened, as text, and what the text has no
// words for.
type story struct {
	name, summary, text string
	family              scenario.Family
	evidence            func(*analysis.Evidence) // changes it before it is explained
	run                 func(*analysis.Run)      // changes the run after that
}

// aborted is a server that closes with a byte unread.
const aborted = tracetest.Opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 server > client ACK
0.000215..0.000218 server read 1 = 1
0.000220..0.000230 server close
0.000224 server > client RST,ACK
0.000240..0.000245 client poll 0x10 = 0x18
`

func stories() []story {
	return append(six(), others()...)
}

func six() []story {
	return []story{
		{name: "reset-on-read", summary: "the server closes with a byte unread, the client reads", text: aborted + `
0.000250..0.000252 client read 16 = ECONNRESET
0.000255..0.000260 client close
0.000262..0.000270 server close`, evidence: closesListener},
		{name: "reset-on-write", summary: "the server closes with a byte unread, the client writes twice", text: aborted + `
0.000250..0.000252 client write 1 = ECONNRESET
0.000255..0.000257 client write 1 = EPIPE
0.000260..0.000263 client close`},
		{name: "broken-pipe", summary: "the server closes cleanly, the client goes on writing", text: tracetest.Opening + `
0.000180..0.000210 client write 1
0.000184 client > server PSH,ACK len 1
0.000189 server > client ACK
0.000215..0.000218 server read 1 = 1
0.000220..0.000230 server close
0.000224 server > client FIN,ACK
0.000232..0.000236 client poll 0x2000 = 0x2000
0.040224 client > server ACK
0.041500..0.041520 client write 1
0.041504 client > server PSH,ACK len 1
0.041508 server > client RST
0.041525..0.041530 client poll 0x10 = 0x18
0.041535..0.041537 client write 1 = EPIPE
0.041540..0.041545 client close`},
		{name: "clean-close", summary: "both sides close with nothing left to read", text: tracetest.Opening + `
0.000180..0.000210 server write 3
0.000184 server > client PSH,ACK len 3
0.000189 client > server ACK
0.000215..0.000225 server close
0.000218 server > client FIN,ACK
0.000230..0.000233 client read 16 = 3
0.000235..0.000237 client read 16 = EOF
0.000240..0.000260 client close
0.000244 client > server FIN,ACK
0.000248 server > client ACK`},
		{name: "half-close", summary: "the client ends its own stream and still gets its answer", text: tracetest.Opening + tracetest.HalfClose + `
0.000290..0.000295 client close`},
		{name: "connection-refused", summary: "the client dials a port that nobody listens on", text: `
0.000010..0.000030 server bind
0.000050 client dial ...
0.000090 client > server SYN
0.000096 server > client RST,ACK
0.000120 client ... = ECONNREFUSED
0.000125..0.000130 server close`, evidence: closesListener},
	}
}

func others() []story {
	return []story{
		{name: "rejected", summary: "a router rejects what the client sends, until its kernel gives up", text: tracetest.Opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 net > client ICMP 3/1 about server seq 1
0.200180 client > server PSH,ACK seq 1 len 2
0.200189 net > client ICMP 3/1 about server seq 1
0.000250..0.900000 client read 16 = EHOSTUNREACH
0.900010..0.900020 client read 16 = EOF
0.900030..0.900040 client close`},
		{name: "blocked-read", summary: "the client waits for an answer while the server aborts", text: tracetest.Opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 server > client ACK
0.000220 client read 16 ...
0.000240..0.000243 server read 1 = 1
0.000250..0.000260 server close
0.000254 server > client RST,ACK
0.000290 client ... = ECONNRESET
0.000300..0.000305 client close`},
		{name: "never-returns", summary: "the client waits for an answer that never comes", text: tracetest.Opening + `
0.000220 client read 16 ...
0.000240..0.000260 server write 0
0.000300..0.000310 client set-linger -1
0.000320..0.000330 server set-linger 5`},
		{name: "overlapping", summary: "a reader and a writer on each side", text: tracetest.Opening + `
0.000200 client read 16 ...
0.000210 server read 16 ...
0.000220..0.000250 client write 3
0.000224 client > server PSH,ACK len 3
0.000228 server > client ACK
0.000240 server ... = 3
0.000260..0.000290 server write 5
0.000264 server > client PSH,ACK len 5
0.000268 client > server ACK
0.000280 client ... = 5
0.000300 client read 16 ...
0.000310..0.000330 server close
0.000314 server > client FIN,ACK
0.000318 client > server ACK
0.000340 client ... = EOF`},
		{name: "over-ipv6", summary: "the server closes with a byte unread, the client reads", family: scenario.IPv6,
			text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET"},
		{name: "unexplained", summary: "the segment that did it is not in the capture", text: tracetest.Opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 server > client ACK
0.000250..0.000252 client read 16 = ECONNRESET`},
		{name: "inconclusive", summary: "frames were lost", text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET",
			evidence: func(e *analysis.Evidence) {
				e.Losses = []analysis.Loss{{From: e.Segments[0].Time, To: e.Segments[4].Time, Frames: 3}}
			},
			run: func(r *analysis.Run) { r.Capture.Stats.Dropped = 3 }},
		{name: "unexpected", summary: "the story says otherwise", text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET",
			run: func(r *analysis.Run) { r.Differs = "client read gave ECONNRESET, expected EOF" }},
		{name: "interrupted", summary: "someone pressed Ctrl-C", text: tracetest.Opening + "0.000180 client read 16 ...",
			run: func(r *analysis.Run) {
				r.Trouble = "scenario: interrupted in client read: context canceled"
			}},
		{name: "empty", summary: "nothing happened at all"},
		{name: "several-errors", summary: "everything that can be called after a reset", text: aborted + `
0.000250..0.000252 client read 16 = ECONNRESET
0.000255..0.000257 client read 16 = EOF
0.000260..0.000263 client write 1 = EPIPE
0.000265..0.000267 client close-write = ENOTCONN
0.000270..0.000273 client close
0.000275..0.000277 client read 1 = CLOSED`},
		{name: "linger", summary: "a close with SO_LINGER at 0 seconds", text: tracetest.Opening + `
0.000180..0.000182 server set-linger 0
0.000190 client read 16 ...
0.000200..0.000210 server close
0.000204 server > client RST,ACK
0.000215 client ... = ECONNRESET`},
		{name: "deadline", summary: "the program gives up before the answer comes", text: tracetest.Opening + `
0.000190..0.100230 client read 16 deadline 0.1 = DEADLINE
0.200000..0.200020 client close
0.200005 client > server FIN,ACK
0.200010 server > client ACK`},
		{name: "many-segments", summary: "a hundred writes, and then a reset", text: many(52)},
		{name: "long-roles", summary: "roles with the names that people give", text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET",
			evidence: func(e *analysis.Evidence) {
				for i := range e.Events {
					e.Events[i].Role = map[scenario.Role]scenario.Role{
						scenario.Client: "order-service-of-the-shop", scenario.Server: "upstream-behind-the-load-balancer",
					}[e.Events[i].Role]
				}
			}},
		{name: "no-calls", summary: "a capture of somebody else", text: aborted,
			evidence: func(e *analysis.Evidence) { e.Events = nil }},
		{name: "one-side", summary: "only the server was watched", text: aborted, evidence: func(e *analysis.Evidence) {
			e.Events = slices.DeleteFunc(e.Events, func(ev scenario.Event) bool { return ev.Role == scenario.Client })
		}},
		{name: "both-ends", summary: "a program that speaks with itself", text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET",
			evidence: func(e *analysis.Evidence) {
				for i := range e.Events {
					e.Events[i].Role = "self"
				}
			}},
		{name: "three-roles", summary: "a proxy between the two", text: aborted + "0.000250..0.000252 client read 16 = ECONNRESET",
			evidence: throughProxy},
	}
}

// closesListener makes the last call of the server that of its listener.
func closesListener(e *analysis.Evidence) {
	last := &e.Events[len(e.Events)-1]
	last.Conn, last.Remote = 100, netip.AddrPort{}
}

// many is a run of n writes with their acknowledgements, and a reset.
func many(n int) string {
	var b strings.Builder
	b.WriteString(tracetest.Opening)
	at := 0.0003
	for range n {
		fmt.Fprintf(&b, "%.6f..%.6f client write 1000\n%.6f client > server PSH,ACK len 1000\n%.6f server > client ACK\n",
			at, at+0.00003, at+0.000004, at+0.000009)
		at += 0.00005
	}
	fmt.Fprintf(&b, "%.6f..%.6f server close\n%.6f server > client RST,ACK\n", at, at+0.00001, at+0.000004)
	fmt.Fprintf(&b, "%.6f..%.6f client write 1000 = ECONNRESET\n", at+0.0002, at+0.00021)
	return b.String()
}

// throughProxy adds a connection from a third application to the second.
func throughProxy(e *analysis.Evidence) {
	moved := func(a netip.AddrPort) netip.AddrPort {
		if a.Port() == 80 {
			return netip.MustParseAddrPort("192.0.2.3:8080")
		}
		return netip.MustParseAddrPort("192.0.2.2:50000")
	}
	shift := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		return t.Add(2 * time.Millisecond)
	}
	events, segments := e.Events, e.Segments
	for i := range events {
		if events[i].Role == scenario.Server {
			e.Events[i].Role = "proxy"
		}
	}
	for _, ev := range events {
		ev.ID += len(events)
		ev.Conn += 200
		ev.Local = moved(ev.Local)
		if ev.Remote.IsValid() {
			ev.Remote = moved(ev.Remote)
		}
		ev.Start, ev.End = shift(ev.Start), shift(ev.End)
		ev.Role = map[scenario.Role]scenario.Role{scenario.Client: "proxy", "proxy": scenario.Server}[ev.Role]
		e.Events = append(e.Events, ev)
	}
	for _, s := range segments {
		s.ID += len(segments)
		s.Src, s.Dst, s.Time = moved(s.Src), moved(s.Dst), shift(s.Time)
		e.Segments = append(e.Segments, s)
	}
}

// make performs nothing: it explains the text.
func (s story) make(tb testing.TB) *analysis.Run {
	tb.Helper()
	e := tracetest.Run(tb, s.text).Evidence
	family := s.family
	if family == "" {
		family = scenario.IPv4
	} else {
		toIPv6(&e)
	}
	if s.evidence != nil {
		s.evidence(&e)
	}
	r := &analysis.Run{Number: 1, Scenario: s.name, Summary: s.summary, Family: family, Sandboxed: true,
		Platform: analysis.Platform{OS: "linux", Release: "6.18.44"},
		Capture: analysis.Capture{Interface: "lo", Backend: "libpcap",
			Stats: capture.Stats{Delivered: uint64(len(e.Segments))}},
		Evidence: e, Explanation: analysis.Explain(e)}
	if s.run != nil {
		s.run(r)
	}
	return r
}

func toIPv6(e *analysis.Evidence) {
	moved := func(a netip.AddrPort) netip.AddrPort {
		if !a.IsValid() {
			return a
		}
		return netip.AddrPortFrom(netip.IPv6Loopback(), a.Port())
	}
	for i := range e.Events {
		e.Events[i].Local, e.Events[i].Remote = moved(e.Events[i].Local), moved(e.Events[i].Remote)
	}
	for i := range e.Segments {
		e.Segments[i].Src, e.Segments[i].Dst = moved(e.Segments[i].Src), moved(e.Segments[i].Dst)
	}
}
