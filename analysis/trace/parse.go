package trace

import (
	"cmp"
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

// Trace is what a text says happened, and what it expects of the model.
type Trace struct {
	Evidence analysis.Evidence
	expected []expectation
}

// Addresses that the two roles of a trace have.
var addresses = map[scenario.Role]netip.AddrPort{
	scenario.Client: netip.MustParseAddrPort("192.0.2.1:40000"),
	scenario.Server: netip.MustParseAddrPort("192.0.2.2:80"),
}

// epoch is the time of a trace's line 0.
var epoch = time.Unix(1, 0).UTC()

// Parse reads a trace. An error names the line.
func Parse(text string) (*Trace, error) {
	p := &parser{
		trace: &Trace{Evidence: analysis.Evidence{Model: analysis.Linux()}},
		next:  map[scenario.Role]int{scenario.Client: 0, scenario.Server: 0},
		conns: make(map[scenario.Role]int),
	}
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		p.line = i + 1
		if err := p.parse(words); err != nil {
			return nil, fmt.Errorf("trace: line %d: %w", p.line, err)
		}
	}
	p.finish()
	return p.trace, nil
}

// parser holds what the lines read so far have established.
type parser struct {
	trace *Trace
	line  int
	step  int                   // how many moments have been used
	next  map[scenario.Role]int // relative sequence number that each sends next
	conns map[scenario.Role]int // socket of each role
	open  []*scenario.Event     // calls that have begun and not returned
	calls []*scenario.Event     // all, in order
}

// initial is the sequence number of each role's SYN.
var initial = map[scenario.Role]capture.Seq{scenario.Client: 1000, scenario.Server: 0xfffffff0}

func (p *parser) parse(words []string) error {
	if words[0] == "model" && len(words) == 2 {
		m, ok := analysis.ModelFor(words[1])
		if !ok {
			return fmt.Errorf("no model is called %q", words[1])
		}
		p.trace.Evidence.Model = m
		return nil
	}
	p.step++
	at := epoch.Add(time.Duration(p.step) * time.Millisecond)
	end := at.Add(100 * time.Microsecond)
	if from, to, ok := times(words[0]); ok {
		at, end = epoch.Add(from), epoch.Add(to)
		words = words[1:]
	}
	if len(words) < 2 {
		return errors.New("a line is ROLE OP, or ROLE > ROLE FLAGS")
	}
	if words[0] == "net" {
		return p.icmp(words[1:], at)
	}
	role := scenario.Role(words[0])
	if !addresses[role].IsValid() {
		return fmt.Errorf("%q is neither client nor server", role)
	}
	if words[1] == ">" {
		return p.segment(role, words[2:], at)
	}
	return p.call(role, words[1:], at, end)
}

// times reads "0.001" or "0.001..0.002".
func times(word string) (from, to time.Duration, ok bool) {
	first, second, both := strings.Cut(word, "..")
	a, err := strconv.ParseFloat(first, 64)
	if err != nil {
		return 0, 0, false
	}
	b := a + 0.0001
	if both {
		if b, err = strconv.ParseFloat(second, 64); err != nil {
			return 0, 0, false
		}
	}
	return time.Duration(a * float64(time.Second)), time.Duration(b * float64(time.Second)), true
}

func other(role scenario.Role) scenario.Role {
	if role == scenario.Client {
		return scenario.Server
	}
	return scenario.Client
}

func (p *parser) segment(role scenario.Role, words []string, at time.Time) error {
	if len(words) < 2 || scenario.Role(words[0]) != other(role) {
		return errors.New("a segment is ROLE > ROLE FLAGS")
	}
	flags, ok := capture.ParseFlags(words[1])
	if !ok {
		return fmt.Errorf("%q are no flags", words[1])
	}
	s := capture.Segment{Time: at, Src: addresses[role], Dst: addresses[other(role)], Flags: flags, Window: 65535, TTL: 64}
	if flags.Has(capture.SYN) {
		s.Options.HasScale, s.Options.WindowScale = true, 7
	}
	seq, ack := p.next[role], p.next[other(role)]
	expect := expectation{line: p.line}
	for rest := words[2:]; len(rest) > 0; rest = rest[2:] {
		if len(rest) < 2 {
			return fmt.Errorf("%q needs a value", rest[0])
		}
		if rest[0] == "reason" {
			expect.reason = analysis.Reason(rest[1])
			continue
		}
		n, err := strconv.Atoi(rest[1])
		if err != nil {
			return fmt.Errorf("%s: %w", rest[0], err)
		}
		switch rest[0] {
		case "seq":
			seq = n
		case "ack":
			ack = n
		case "win":
			s.Window = n
		case "len":
			s.Len = n
		default:
			return fmt.Errorf("%q is none of seq, ack, win, len, reason", rest[0])
		}
	}
	s.Seq = initial[role].Add(seq)
	if flags.Has(capture.ACK) {
		s.Ack = initial[other(role)].Add(ack)
	}
	if flags.Has(capture.RST|capture.ACK) && p.next[role] == 0 {
		s.Seq = capture.Seq(uint32(seq)) // the answer to a SYN has no sequence number of its own
	}
	if end := s.End().Sub(initial[role]); !flags.Has(capture.RST) && end > p.next[role] {
		p.next[role] = end
	}
	p.add(s, expect)
	return nil
}

// icmp reads "> ROLE ICMP TYPE/CODE": an error about the last octets that the
// role has sent. ICMP6 is one of ICMPv6.
func (p *parser) icmp(words []string, at time.Time) error {
	var m capture.ICMP
	if len(words) != 4 || words[0] != ">" || !addresses[scenario.Role(words[1])].IsValid() {
		return errors.New("an ICMP error is net > ROLE ICMP TYPE/CODE")
	}
	if _, err := fmt.Sscanf(words[3], "%d/%d", &m.Type, &m.Code); err != nil {
		return fmt.Errorf("%q: %w", words[3], err)
	}
	routers := map[string]string{"ICMP": "192.0.2.254", "ICMP6": "2001:db8::fe"}
	if routers[words[2]] == "" {
		return fmt.Errorf("%q is neither ICMP nor ICMP6", words[2])
	}
	role := scenario.Role(words[1])
	m.From, m.To = netip.MustParseAddr(routers[words[2]]), addresses[role].Addr()
	p.add(capture.Segment{Time: at, Src: addresses[role], Dst: addresses[other(role)], ICMP: m,
		Seq: initial[role].Add(max(p.next[role]-1, 0))}, expectation{line: p.line})
	return nil
}

func (p *parser) add(s capture.Segment, expect expectation) {
	s.ID = len(p.trace.Evidence.Segments) + 1
	expect.segment = s.ID
	p.trace.Evidence.Segments = append(p.trace.Evidence.Segments, s)
	p.trace.expected = append(p.trace.expected, expect)
}

func (p *parser) finish() {
	for _, ev := range p.calls {
		p.trace.Evidence.Events = append(p.trace.Evidence.Events, *ev)
	}
	segments := p.trace.Evidence.Segments
	slices.SortStableFunc(segments, func(a, b capture.Segment) int {
		return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.ID, b.ID))
	})
}
