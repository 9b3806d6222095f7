package page

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// mostOctets is how many octets of a frame the page has: its headers, and the
// beginning of what it carries.
const mostOctets = 192

func octets(seg *capture.Segment) []byte {
	return seg.Frame.Data[:min(len(seg.Frame.Data), mostOctets)]
}

// table is what is known of an item, as rows of a label and a value. What is
// empty is left out.
type table [][2]string

func (t *table) add(label, value string) {
	if value != "" {
		*t = append(*t, [2]string{label, report.Clean(value)})
	}
}

func (t *table) addf(label, format string, a ...any) { t.add(label, fmt.Sprintf(format, a...)) }

// segmentRows are the header fields of a segment, and what the model says of it.
func segmentRows(s *scene.Scene, st *scene.Step) table {
	seg, note := st.Segment, s.Run.Notes[st.Segment.ID]
	t := table{}
	var reasons []string
	for _, r := range note.Reasons {
		reasons = append(reasons, string(r))
	}
	t.add("reason", strings.Join(reasons, " or "))
	t.add("effect", note.Effect)
	if note.Strange {
		t.add("sender", "its socket can not have sent it then")
	}
	t.add("rules", strings.Join(note.Rules, ", "))
	t.add("time", clock(s, seg.Time))
	if seg.ICMP.Is() {
		t.addf("ICMP", "type %d, code %d: %s", seg.ICMP.Type, seg.ICMP.Code, seg.ICMP.Meaning())
		t.addf("sent by", "%s to %s", seg.ICMP.From, seg.ICMP.To)
		t.addf("quotes", "%s → %s, seq %d", seg.Src, seg.Dst, uint32(seg.Seq))
		return t
	}
	t.add("from", seg.Src.String())
	t.add("to", seg.Dst.String())
	t.add("flags", seg.Flags.String())
	t.addf("seq", "%d (%d)", st.Seq, uint32(seg.Seq))
	if seg.Flags.Has(capture.ACK) {
		t.addf("ack", "%d (%d)", st.Ack, uint32(seg.Ack))
	}
	t.addf("payload", "%s", scene.Octets(seg.Len))
	t.add("window", strconv.Itoa(seg.Window))
	t.add("options", options(&seg.Options))
	t.add("TTL", strconv.Itoa(int(seg.TTL)))
	if seg.IPID != 0 {
		t.addf("IP ID", "%#04x", seg.IPID)
	}
	return t
}

// options names the TCP options that a segment has.
func options(o *capture.Options) string {
	var list []string
	if o.MSS != 0 {
		list = append(list, fmt.Sprintf("MSS %d", o.MSS))
	}
	if o.HasScale {
		list = append(list, fmt.Sprintf("window scale %d", o.WindowScale))
	}
	if o.SACKPermitted {
		list = append(list, "SACK permitted")
	}
	if o.HasTimestamps {
		list = append(list, fmt.Sprintf("timestamps %d, %d", o.TSVal, o.TSEcr))
	}
	for _, b := range o.SACK[:o.SACKBlocks] {
		list = append(list, fmt.Sprintf("SACK %d–%d", uint32(b.Left), uint32(b.Right)))
	}
	if o.MPTCP {
		list = append(list, "MPTCP")
	}
	return strings.Join(list, "; ")
}

// callRows are what is known of a call.
func callRows(s *scene.Scene, ev *scenario.Event) table {
	t := table{}
	said := "Go error"
	if s.Run.Witness != "" {
		said = "error" // of a program in any language
	}
	t.add(said, ev.Err)
	t.add("told by", s.Test(ev.Fault))
	if c, ok := s.Run.Call(ev.ID); ok {
		var could []string
		for _, f := range c.Predicted {
			could = append(could, scene.Result(f))
		}
		t.add("by the model", strings.Join(could, " or "))
		t.add("certainty", string(c.Certainty))
		t.add("rule", c.Rule)
		t.add("timer", c.Timer)
		if c.Lost > 0 {
			t.add("unread", scene.Octets(c.Lost))
		}
	}
	if v := s.Run.Verdict(ev.ID); v != nil {
		t.add("source", v.Source)
	}
	t.add("began", clock(s, ev.Start))
	if ev.End.IsZero() {
		t.add("returned", "never")
	} else {
		t.add("returned", clock(s, ev.End))
	}
	if !ev.Deadline.IsZero() {
		t.add("deadline", clock(s, ev.Deadline))
	}
	if ev.Op == scenario.OpRead || ev.Op == scenario.OpWrite {
		t.addf("octets", "%d of %d", ev.N, ev.Asked)
	}
	if ev.Local.IsValid() {
		t.add("local", ev.Local.String())
	}
	if ev.Remote.IsValid() {
		t.add("remote", ev.Remote.String())
	}
	if ev.Conn != 0 {
		t.add("socket", strconv.Itoa(ev.Conn))
	}
	return t
}
