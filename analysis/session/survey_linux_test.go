package session

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// classes are those of SEMANTICS.md §5.2, by the kernel's reason: the closing
// list, and for a reason that it does not name what the last column of the table
// says: which look the same without the calls.
var classes = map[analysis.Reason][]string{
	analysis.NoSocket:       {passives, "NO_SOCKET"}, // alone where it answers a SYN
	analysis.TCPFlags:       {passives},
	analysis.TimeWaitSocket: {passives},
	analysis.AbortOnData:    {passives},
	analysis.InvalidSYN:     {passives},
	analysis.InvalidAck:     {"TCP_INVALID_ACK_SEQUENCE"},
	analysis.AbortOnClose: {"TCP_ABORT_ON_CLOSE TCP_STATE TCP_ABORT_ON_MEMORY",
		"TCP_ABORT_ON_CLOSE TCP_STATE TCP_DISCONNECT_WITH_DATA TCP_ABORT_ON_MEMORY", // after the peer's FIN
		"TCP_ABORT_ON_CLOSE TCP_STATE TCP_ABORT_ON_LINGER TCP_ABORT_ON_MEMORY",      // after the own, acknowledged
		"TCP_ABORT_ON_CLOSE TCP_ABORT_ON_MEMORY"},                                   // after both
	analysis.TCPState: {"TCP_STATE TCP_ABORT_ON_MEMORY", "TCP_ABORT_ON_CLOSE TCP_STATE TCP_ABORT_ON_MEMORY",
		"TCP_STATE TCP_DISCONNECT_WITH_DATA TCP_ABORT_ON_MEMORY",
		"TCP_ABORT_ON_CLOSE TCP_STATE TCP_DISCONNECT_WITH_DATA TCP_ABORT_ON_MEMORY",
		"TCP_STATE TCP_ABORT_ON_LINGER TCP_ABORT_ON_MEMORY",
		"TCP_ABORT_ON_CLOSE TCP_STATE TCP_ABORT_ON_LINGER TCP_ABORT_ON_MEMORY"},
	analysis.KeepaliveTimeout: {"TCP_KEEPALIVE_TIMEOUT TCP_STATE TCP_ABORT_ON_MEMORY",
		"TCP_KEEPALIVE_TIMEOUT TCP_ABORT_ON_CLOSE TCP_STATE TCP_ABORT_ON_MEMORY"},
	analysis.DisconnectWithData: {"TCP_STATE TCP_DISCONNECT_WITH_DATA TCP_ABORT_ON_MEMORY",
		"TCP_ABORT_ON_CLOSE TCP_STATE TCP_DISCONNECT_WITH_DATA TCP_ABORT_ON_MEMORY"},
}

const passives = "NO_SOCKET TCP_FLAGS TCP_TIMEWAIT_SOCKET TCP_ABORT_ON_DATA INVALID_SYN"

// TestSurveyOfCatalogue takes the calls out of every story, and holds what is
// then said of each connection's first RST against the reason that is known: the
// kernel's own, if it can be heard, and else the model's. The class is that of
// SEMANTICS.md which holds the reason. Where the capture begins later or has one
// direction only it is no narrower, unless that is right.
func TestSurveyOfCatalogue(t *testing.T) {
	s := open(t, Options{})
	k, missing := mayHear(t)
	if missing != "" {
		t.Log("the model's reasons; the kernel's would need", missing)
	}
	held := make(map[analysis.Reason]int)
	for _, sc := range catalog.All() {
		if sc.Slow && testing.Short() {
			continue
		}
		for _, family := range both() {
			if k != nil {
				if err := k.forget(); err != nil {
					t.Fatal(err)
				}
			}
			run, err := s.Perform(t.Context(), sc, Stage{Family: family})
			if err != nil {
				t.Fatalf("%s over %s: %v", sc.Name, family, err)
			}
			known := func(rst *capture.Segment) (analysis.Reason, bool) {
				reasons := run.Notes[rst.ID].Reasons
				return append(reasons, "")[0], len(reasons) == 1
			}
			if k != nil {
				said, err := k.heard()
				if err != nil {
					t.Fatal(err)
				}
				known = func(rst *capture.Segment) (analysis.Reason, bool) {
					at := slices.IndexFunc(said, func(h heard) bool { return h.of(rst, near) })
					if at < 0 {
						return "", false
					}
					return said[at].reason, true
				}
			}
			for _, text := range surveyedWrong(run.Evidence.Segments, known, held) {
				t.Errorf("%s over %s: %s", sc.Name, family, text)
			}
		}
	}
	t.Log(held)
	if len(held) < 5 {
		t.Error("too few reasons were held")
	}
}

// surveyedWrong surveys the segments, all of them and in part, and returns what
// is wrong about the connections' first RSTs.
func surveyedWrong(segments []capture.Segment, known func(*capture.Segment) (analysis.Reason, bool), held map[analysis.Reason]int) (wrong []string) {
	for c := range surveyed(segments).Connections() {
		if c.Reset == nil {
			continue
		}
		rst := &segments[c.Reset.Frame-1]
		reason, ok := known(rst)
		if !ok {
			continue // no TCP sent it
		}
		held[reason]++
		class := words(c.Reset.Reasons)
		if !slices.Contains(strings.Fields(class), string(reason)) || !slices.Contains(classes[reason], class) {
			wrong = append(wrong, fmt.Sprintf("#%d is for %s, the survey says %q: %s", rst.ID, reason, class, c.Reset.Rule))
		}
		if reason == analysis.NoSocket && (class == "NO_SOCKET") != (rst.Flags.Has(capture.ACK)) {
			wrong = append(wrong, fmt.Sprintf("#%d, %s, is for %s, the survey says %q", rst.ID, rst.Flags, reason, class))
		}
		for from, part := range parts(segments[:c.Reset.Frame], rst) {
			for p := range surveyed(part).Connections() {
				if p.Reset == nil || int(p.Reset.Frame) != len(part) || reason == analysis.InvalidAck && !asks(part, rst) {
					continue
				}
				if !slices.Contains(p.Reset.Reasons, reason) {
					wrong = append(wrong, fmt.Sprintf("#%d is for %s, of its capture %s the survey says %v: %s", rst.ID, reason, from,
						p.Reset.Reasons, p.Reset.Rule))
				}
			}
		}
	}
	return wrong
}

// asks reports whether the side that sent a RST was seen to ask for a connection,
// and the other to answer. Without that nothing tells TCP_INVALID_ACK_SEQUENCE
// from the answers of other sockets.
func asks(part []capture.Segment, rst *capture.Segment) bool {
	answered := slices.ContainsFunc(part, func(s capture.Segment) bool { return s.Src != rst.Src })
	return answered && slices.ContainsFunc(part, func(s capture.Segment) bool { return s.Src == rst.Src && s.Flags.Has(capture.SYN) })
}

// parts are what captures could have had of the segments up to a RST: from each
// one on, and one direction only.
func parts(segments []capture.Segment, rst *capture.Segment) map[string][]capture.Segment {
	list := make(map[string][]capture.Segment)
	for i := range segments {
		list[fmt.Sprintf("from #%d on", segments[i].ID)] = segments[i:]
	}
	list["of one direction"] = slices.DeleteFunc(slices.Clone(segments), func(s capture.Segment) bool { return s.Src != rst.Src })
	return list
}

// surveyed surveys frames. They are numbered from 1.
func surveyed(segments []capture.Segment) *survey.Tracker {
	tr := survey.New(0, nil)
	for i := range segments {
		var b capture.Brief
		if f := &segments[i].Frame; capture.Look(&b, f.Link, f.Data, f.Wire) == nil {
			tr.Add(segments[i].Time.UnixNano(), uint32(i+1), &b)
		}
	}
	return tr
}

func words(reasons []analysis.Reason) string {
	list := make([]string, len(reasons))
	for i, r := range reasons {
		list[i] = string(r)
	}
	return strings.Join(list, " ")
}
