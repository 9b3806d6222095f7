package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// errSegment says what a segment looks like.
var errSegment = errors.New("a segment is ROLE > ROLE FLAGS, such as server > client RST,ACK seq 1 ack 3")

// given says which numbers of a segment a line has.
type given struct{ seq, ack, win, len bool }

// draft is a segment that is being read.
type draft struct {
	capture.Segment
	seq, ack int // relative
	expect   expectation
}

// segment reads "> NAME FLAGS …", after the first of its words.
func (p *parser) segment(from *end, words []string, at time.Time) error {
	if len(words) < 2 {
		return errSegment
	}
	to, err := p.end(words[0])
	if err != nil {
		return err
	}
	if !p.recorded && to.name != Other(from.name) {
		return fmt.Errorf("%s sends no segment to %s", from.name, to.name)
	}
	flags, ok := capture.ParseFlags(bare(words[1]))
	if !ok {
		return fmt.Errorf("%q are no flags: they are such as SYN, PSH,ACK or RST", words[1])
	}
	src, dst := plain(from.local), plain(to.local)
	out, back := p.flow(src, dst), p.flow(dst, src)
	d := &draft{seq: out.next, ack: back.next, expect: expectation{line: p.line, tolerant: p.recorded},
		Segment: capture.Segment{Time: at, Src: src, Dst: dst, Flags: flags, Window: 65535, TTL: usualTTL}}
	if flags.Has(capture.SYN) && !p.recorded {
		d.Options.HasScale, d.Options.WindowScale = true, 7
	}
	for rest := words[2:]; len(rest) > 0; {
		n, err := d.option(rest, back)
		if err != nil {
			return err
		}
		rest = rest[n:]
	}
	d.expect.figures = figures{seq: d.seq, ack: d.ack, win: d.Window, len: d.Len}
	d.Seq = out.first.Add(d.seq)
	if flags.Has(capture.ACK) {
		d.Ack = back.first.Add(d.ack)
	}
	if out.answers(flags) {
		d.Seq = capture.Seq(uint32(d.seq)) // the answer to a SYN has no sequence number of its own
	}
	out.sent(&d.Segment)
	back.known = back.known || flags.Has(capture.ACK)
	p.add(d.Segment, d.expect)
	p.trace.Steps = append(p.trace.Steps, Step{Line: p.line, Name: from.name, To: to.name,
		Segment: len(p.trace.Evidence.Segments)})
	return nil
}

// option reads the first of the words that say more of a segment, and its
// value; n is how many words that took.
func (d *draft) option(words []string, back *flow) (n int, err error) {
	switch words[0] {
	case "sackok":
		d.Options.SACKPermitted = true
		return 1, nil
	case "mptcp":
		d.Options.MPTCP = true
		return 1, nil
	case "fragment":
		d.Fragment = true
		return 1, nil
	}
	if len(words) < 2 {
		return 0, fmt.Errorf("%s needs a value", words[0])
	}
	value := words[1]
	number := func(least, most int64, to func(int64)) {
		v, parseErr := strconv.ParseInt(value, 10, 64)
		if parseErr != nil || v < least || v > most {
			err = fmt.Errorf("%s takes a number from %d to %d, not %s", words[0], least, most, value)
			return
		}
		to(v)
	}
	g := &d.expect.given
	const far = 1 << 32
	switch words[0] {
	case "seq":
		number(-far, far, func(v int64) { d.seq, g.seq = int(v), true })
	case "ack":
		number(-far, far, func(v int64) { d.ack, g.ack = int(v), true })
	case "win":
		number(0, 65535, func(v int64) { d.Window, g.win = int(v), true })
	case "len":
		number(0, 1<<24, func(v int64) { d.Len, g.len = int(v), true })
	case "mss":
		number(0, 65535, func(v int64) { d.Options.MSS = uint16(v) })
	case "wscale":
		number(0, 255, func(v int64) { d.Options.HasScale, d.Options.WindowScale = true, uint8(v) })
	case "ttl":
		number(0, 255, func(v int64) { d.TTL = uint8(v) })
	case "ts":
		err = d.timestamps(value)
	case "sack":
		err = d.sack(value, back)
	case "reason":
		for _, name := range strings.Split(value, "|") {
			d.expect.reasons = append(d.expect.reasons, analysis.Reason(name))
		}
	case "rule":
		d.expect.rule = value
	case "!":
		d.expect.strange = value == "strange"
	default:
		err = fmt.Errorf("%q is none of !, seq, ack, win, len, mss, wscale, sackok, ts, sack, ttl, reason, rule", words[0])
	}
	return 2, err
}

func (d *draft) timestamps(value string) error {
	val, ecr, _ := strings.Cut(value, "/")
	a, err := strconv.ParseUint(val, 10, 32)
	b, err2 := strconv.ParseUint(ecr, 10, 32)
	if err != nil || err2 != nil {
		return fmt.Errorf("ts takes VALUE/ECHO, not %s", value)
	}
	d.Options.HasTimestamps, d.Options.TSVal, d.Options.TSEcr = true, uint32(a), uint32(b)
	return nil
}

func (d *draft) sack(value string, back *flow) error {
	left, right, _ := strings.Cut(value, ":")
	a, err := strconv.Atoi(left)
	b, err2 := strconv.Atoi(right)
	o := &d.Options
	if err != nil || err2 != nil || int(o.SACKBlocks) == len(o.SACK) {
		return fmt.Errorf("sack takes LEFT:RIGHT, four times at most, not %s", value)
	}
	o.SACK[o.SACKBlocks] = capture.Block{Left: back.first.Add(a), Right: back.first.Add(b)}
	o.SACKBlocks++
	return nil
}

// icmp reads "NAME ICMP TYPE/CODE": an error about the last octets that the
// end of that name has sent. ICMP6 is one of ICMPv6.
func (p *parser) icmp(words []string, at time.Time) error {
	var m capture.ICMP
	if len(words) < 3 {
		return errors.New("an ICMP error is net > ROLE ICMP TYPE/CODE")
	}
	e, err := p.end(words[0])
	if err != nil {
		return err
	}
	if _, err := fmt.Sscanf(words[2], "%d/%d", &m.Type, &m.Code); err != nil {
		return fmt.Errorf("%q: %w", words[2], err)
	}
	routers := map[string]string{"ICMP": "192.0.2.254", "ICMP6": "2001:db8::fe"}
	if routers[words[1]] == "" {
		return fmt.Errorf("%q is neither ICMP nor ICMP6", words[1])
	}
	s := capture.Segment{Time: at, Src: plain(e.local), Dst: plain(e.remote)}
	m.From, m.To = netip.MustParseAddr(routers[words[1]]), s.Src.Addr()
	seq := max(p.flow(s.Src, s.Dst).next-1, 0)
	for rest := words[3:]; len(rest) > 0; rest = rest[2:] {
		if len(rest) < 2 {
			return fmt.Errorf("%s needs a value", rest[0])
		}
		switch rest[0] {
		case "from":
			m.From, err = netip.ParseAddr(bare(rest[1]))
		case "to":
			m.To, err = netip.ParseAddr(bare(rest[1]))
		case "about":
			var to *end
			if to, err = p.end(rest[1]); err == nil {
				s.Dst = plain(to.local)
			}
		case "seq":
			seq, err = strconv.Atoi(rest[1])
		default:
			err = fmt.Errorf("%q is none of from, to, about, seq", rest[0])
		}
		if err != nil {
			return err
		}
	}
	s.ICMP, s.Seq = m, p.flow(s.Src, s.Dst).first.Add(seq)
	p.add(s, expectation{line: p.line})
	p.trace.Steps = append(p.trace.Steps, Step{Line: p.line, Name: "net", To: e.name, Segment: len(p.trace.Evidence.Segments)})
	return nil
}
