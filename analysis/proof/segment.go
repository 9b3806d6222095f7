package proof

import (
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Moment is when a rule about a segment comes into force: no earlier than it
// must, so that it meets nothing else.
type Moment uint8

// The moments, in order.
const (
	BeforeDial Moment = iota // the segment is one of the handshake's
	Dialled                  // the connection stands for who dialled
	Accepted                 // and for who accepted
	Sending                  // the call begins that sends it
)

// SegmentKey describes a segment such that another performance of the story
// finds it: it, and every repeat of it.
type SegmentKey struct {
	Dial       CallKey // what made its connection
	FromDialer bool    // which way it goes; of an ICMP error, which way what it quotes went
	Flags      capture.Flags
	Data       bool
	Quoted     bool // an ICMP error
	Type, Code uint8
	Router     netip.Addr // who sent the ICMP error
	Arm        Moment
	Sender     CallKey // the call that sends it, with Sending

	// Exact says that only the numbers tell it from others like it. They count
	// from the initial ones of both sides.
	Exact    bool
	Seq, Ack int

	// SeqOff and AckOff are what its numbers are beyond what both sides had sent
	// until then, and Len its payload: what it takes to forge it.
	SeqOff, AckOff, Len int
}

// control are the flags that tell kinds of segments apart.
const control = capture.SYN | capture.FIN | capture.RST | capture.ACK

// segmentKey describes a segment of a run. ok is false if no call of the story
// made its connection.
func (p *plan) segmentKey(s *capture.Segment) (k SegmentKey, ok bool) {
	dial := p.dialOf(s)
	if dial == nil {
		return k, false
	}
	k = SegmentKey{Dial: p.keys[dial.ID], FromDialer: s.Src == dial.Local, Flags: s.Flags & control, Len: s.Len}
	if s.ICMP.Is() {
		k.Quoted, k.Type, k.Code, k.Flags, k.Len = true, s.ICMP.Type, s.ICMP.Code, 0, 0
		k.Router = s.ICMP.From
	}
	k.Data = s.Len > 0 && s.Flags&(capture.SYN|capture.FIN|capture.RST) == 0 && !k.Quoted
	k.Arm = p.momentOf(s, dial)
	if from := p.run.Notes[s.ID].From; k.Data && from.Event != 0 && k.Arm > BeforeDial {
		k.Arm, k.Sender = Sending, p.keys[from.Event]
	}
	p.number(&k, s, dial)
	return k, true
}

// dialOf returns the latest dial that made the segment's connection.
func (p *plan) dialOf(s *capture.Segment) (dial *scenario.Event) {
	for i := range p.run.Evidence.Events {
		e := &p.run.Evidence.Events[i]
		if e.Op != scenario.OpDial || e.Start.After(s.Time) {
			continue
		}
		if e.Local == s.Src && e.Remote == s.Dst || e.Local == s.Dst && e.Remote == s.Src {
			dial = e
		}
	}
	return dial
}

func (p *plan) momentOf(s *capture.Segment, dial *scenario.Event) Moment {
	if dial.End.IsZero() || dial.Fault != "" || dial.End.After(s.Time) {
		return BeforeDial
	}
	for _, e := range p.run.Evidence.Events {
		if e.Op == scenario.OpAccept && e.Local == dial.Remote && e.Remote == dial.Local && e.End.After(dial.Start) && e.End.Before(s.Time) {
			return Accepted
		}
	}
	return Dialled
}

// number adds the numbers of a segment, and whether it takes them to tell it.
func (p *plan) number(k *SegmentKey, s *capture.Segment, dial *scenario.Event) {
	first, sent := p.streams(s, dial.Start)
	k.Seq, k.Ack = s.Seq.Sub(first[0]), s.Ack.Sub(first[1])
	k.SeqOff, k.AckOff = s.Seq.Sub(sent[0]), s.Ack.Sub(sent[1])
	switch {
	case k.Quoted || k.Arm == BeforeDial:
	case k.Flags&(capture.SYN|capture.FIN) != 0 || k.Data:
	case k.Flags.Has(capture.RST):
		for _, o := range p.run.Evidence.Segments {
			same := o.Src == s.Src && o.Dst == s.Dst && !o.ICMP.Is() && !o.Time.Before(dial.Start)
			k.Exact = k.Exact || same && o.Flags.Has(capture.RST) && o.Seq != s.Seq
		}
	default:
		k.Exact = true
	}
}

// streams returns the initial number of the segment's sender and of its receiver,
// and where both had come to before it.
func (p *plan) streams(s *capture.Segment, since time.Time) (first, sent [2]capture.Seq) {
	return Streams(p.run.Evidence.Segments, s.Src, s.Dst, since, func(o *capture.Segment) bool { return o.ID < s.ID })
}

// Streams returns of both directions between two ends the number of the first
// segment, and the one after the last, of those segments from a moment on that
// count. What is not in the capture is 0.
func Streams(segments []capture.Segment, src, dst netip.AddrPort, since time.Time, counts func(*capture.Segment) bool) (first, sent [2]capture.Seq) {
	var begun [2]bool
	for i := range segments {
		o := &segments[i]
		way := 0
		switch {
		case o.ICMP.Is() || o.Time.Before(since) || !counts(o) || o.Flags.Has(capture.RST):
			continue
		case o.Src == src && o.Dst == dst:
		case o.Src == dst && o.Dst == src:
			way = 1
		default:
			continue
		}
		if begun[way] && o.Flags.Has(capture.SYN) && o.Seq != first[way] {
			continue // a stray one
		}
		if !begun[way] {
			begun[way], first[way], sent[way] = true, o.Seq, o.End()
		}
		if o.End().After(sent[way]) {
			sent[way] = o.End()
		}
	}
	return first, sent
}

// bare is a link without its words.
func bare(l analysis.Link) analysis.Link {
	return analysis.Link{Event: l.Event, Segment: l.Segment}
}
