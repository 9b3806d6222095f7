package proof

import (
	"net/netip"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Result is what came of an experiment.
type Result struct {
	Calls    map[CallKey]scenario.Event // those that were made
	Run      *analysis.Run              // the performance, explained
	Dials    map[CallKey]Life           // the connections, by what made them
	Withheld time.Time                  // when the call was not made; zero if it was never its turn
	Resumed  time.Time                  // when the next call began that could make its socket send; zero if none did
	Armed    time.Time                  // when the rule came into force; zero if it never did
	Taken    uint64                     // segments
	Forged   int                        // segments
	Over     time.Time                  // when the story had ended, before what was open was closed
	Doses    []analysis.Dose            // of a Dose
	Trouble  string                     // what kept the experiment from being made; "" if nothing did
}

// Pair are the ends of a connection: of who dialled, and of the other.
type Pair struct{ Dialler, Other netip.AddrPort }

// Life is a connection, and when it began: its addresses can live twice.
type Life struct {
	Pair
	Since time.Time
}

// done reports whether what was to be done was done, and what was missing.
func (a Action) done(r *Result) (ok bool, missing string) {
	switch {
	case r == nil:
		return false, "it was not tried"
	case r.Trouble != "":
		return false, r.Trouble
	case a.Kind == Withhold && r.Withheld.IsZero():
		return false, "the call was not reached"
	case a.Kind == Take && r.Taken == 0:
		return false, "the segment was not sent again"
	case (a.Kind == Answer || a.Kind == Forge) && r.Forged == 0:
		return false, "there was no occasion to forge it"
	case (a.Kind == Silence || a.Kind == LateSilence) && r.Armed.IsZero():
		return false, "the connection did not come to stand"
	}
	return true, ""
}

// seen reports whether a segment like k was sent in a performance, after from
// and before until; zero is no bound.
func (r *Result) seen(k SegmentKey, from, until time.Time) bool { return r.count(k, from, until) > 0 }

func (r *Result) count(k SegmentKey, from, until time.Time) (n int) {
	pair, ok := r.Dials[k.Dial]
	if !ok {
		return 0
	}
	src, dst := pair.Dialler, pair.Other
	if !k.FromDialer {
		src, dst = dst, src
	}
	first, _ := Streams(r.Run.Evidence.Segments, src, dst, pair.Since, func(*capture.Segment) bool { return true })
	for i := range r.Run.Evidence.Segments {
		s := &r.Run.Evidence.Segments[i]
		if s.Src != src || s.Dst != dst || s.Time.Before(from) || s.Time.Before(pair.Since) || !until.IsZero() && s.Time.After(until) {
			continue
		}
		if k.Like(s, first) {
			n++
		}
	}
	return n
}

// Like reports whether s is a segment such as k describes; first are the initial
// numbers of its direction and of the other.
func (k SegmentKey) Like(s *capture.Segment, first [2]capture.Seq) bool {
	data := s.Len > 0 && s.Flags&(capture.SYN|capture.FIN|capture.RST) == 0
	switch {
	case k.Quoted || s.ICMP.Is():
		return k.Quoted && s.ICMP.Is() && k.Type == s.ICMP.Type && k.Code == s.ICMP.Code
	case k.Data || data:
		return k.Data && data
	case k.Flags.Has(capture.RST):
		return s.Flags.Has(capture.RST) && (!k.Exact || s.Seq.Sub(first[0]) == k.Seq)
	case k.Flags&control != s.Flags&control:
		return false
	}
	return !k.Exact || s.Seq.Sub(first[0]) == k.Seq && s.Ack.Sub(first[1]) == k.Ack
}
