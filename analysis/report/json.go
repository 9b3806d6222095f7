package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// Schema names the shape of the JSON document; it changes when a field changes
// its meaning or goes away.
const Schema = "rstwatch/1"

type document struct {
	Schema   string       `json:"schema"`
	Platform jsonPlatform `json:"platform"`
	Runs     []jsonRun    `json:"runs"`
	Skipped  []Skipped    `json:"skipped,omitempty"`
}

type jsonPlatform struct {
	OS      string `json:"os"`
	Release string `json:"release"`
	Model   string `json:"model"`
}

type jsonRun struct {
	Scenario  string        `json:"scenario"`
	Outcome   string        `json:"outcome"`
	Family    string        `json:"family"`
	Sandboxed bool          `json:"sandboxed"`
	Differs   string        `json:"differs,omitempty"`
	Trouble   string        `json:"trouble,omitempty"`
	Witness   string        `json:"witness,omitempty"`
	Recorded  *jsonOrigin   `json:"recorded,omitempty"`
	Capture   jsonCapture   `json:"capture"`
	Kernel    *jsonHearing  `json:"kernel,omitempty"`
	Events    []jsonEvent   `json:"events"`
	Segments  []jsonSegment `json:"segments"`
	Signals   []jsonSignal  `json:"signals"`
	Calls     []jsonCall    `json:"calls"`
	Verdicts  []jsonVerdict `json:"verdicts"`
	Findings  []jsonFinding `json:"findings,omitempty"`
}

// jsonOrigin says of a run that was not made now when and where it was.
type jsonOrigin struct {
	Time    string `json:"time"` // of the first call
	OS      string `json:"os"`
	Release string `json:"release"`
	Note    string `json:"note"`
}

type jsonCapture struct {
	Interface string `json:"interface"`
	Backend   string `json:"backend"`
	Delivered uint64 `json:"delivered"`
	Dropped   uint64 `json:"dropped"`
}

type jsonEvent struct {
	ID       int    `json:"id"`
	Conn     int    `json:"conn"`
	Role     string `json:"role"`
	Op       string `json:"op"`
	Local    string `json:"local,omitempty"`
	Remote   string `json:"remote,omitempty"`
	Start    string `json:"start"`
	End      string `json:"end,omitempty"`
	Deadline string `json:"deadline,omitempty"`
	Asked    int    `json:"asked"`
	N        int    `json:"n"`
	Fault    string `json:"fault,omitempty"`
	Error    string `json:"error,omitempty"`
	State    string `json:"state,omitempty"`
	StateAt  string `json:"state_at,omitempty"`
}

type jsonSegment struct {
	ID      int       `json:"id"`
	Time    string    `json:"time"`
	Src     string    `json:"src"`
	Dst     string    `json:"dst"`
	Flags   string    `json:"flags"`
	Seq     uint32    `json:"seq"`
	Ack     uint32    `json:"ack"`
	Window  int       `json:"window"`
	Len     int       `json:"len"`
	From    *jsonLink `json:"from,omitempty"`
	Reasons []string  `json:"reasons,omitempty"`
	Heard   []string  `json:"heard,omitempty"`
	Effect  string    `json:"effect,omitempty"`
	Lost    string    `json:"lost,omitempty"`
	ICMP    *jsonICMP `json:"icmp,omitempty"`
}

type jsonICMP struct {
	Type    uint8  `json:"type"`
	Code    uint8  `json:"code"`
	From    string `json:"from"`
	To      string `json:"to"`
	Meaning string `json:"meaning"`
}

type jsonLink struct {
	Event   int `json:"event,omitempty"`
	Segment int `json:"segment,omitempty"`
}

type jsonCall struct {
	Event     int      `json:"event"`
	Predicted []string `json:"predicted"`
	Certainty string   `json:"certainty"`
}

type jsonVerdict struct {
	Event     int        `json:"event"`
	Fault     string     `json:"fault"`
	Predicted []string   `json:"predicted"`
	Outcome   string     `json:"outcome"`
	Cause     *jsonLink  `json:"cause,omitempty"`
	Chain     []jsonLink `json:"chain"`
	Inferred  string     `json:"reason_inferred,omitempty"`
	Heard     string     `json:"reason_heard,omitempty"`
	Among     []string   `json:"reasons_heard,omitempty"`
	Unheard   string     `json:"unheard,omitempty"`
	Rule      string     `json:"rule,omitempty"`
	Test      string     `json:"test,omitempty"`
	Because   string     `json:"because"`
	Next      jsonNext   `json:"next"`
	Elsewhere string     `json:"elsewhere"`
	Proof     *jsonProof `json:"proof,omitempty"`
}

type jsonNext struct {
	Read  string `json:"read"`
	Write string `json:"write"`
}

// JSON prints the document that the README describes: one object with every
// run in full, and what was skipped. All runs must have been made on one platform.
func JSON(w io.Writer, runs []*analysis.Run, skipped ...Skipped) error {
	doc := document{Schema: Schema, Runs: []jsonRun{}, Skipped: skipped}
	for _, r := range runs {
		doc.Platform = jsonPlatform{OS: r.Platform.OS, Release: r.Platform.Release, Model: r.Evidence.Model.Name}
		doc.Runs = append(doc.Runs, jsonOf(r))
	}
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(escaped(text), '\n'))
	return err
}

// escaped writes as \u what [Clean] would replace, for a terminal may be where
// the document goes: the encoder escapes only the control characters of ASCII.
// Outside strings JSON has no such characters but line feeds.
func escaped(text []byte) []byte {
	var b bytes.Buffer
	for _, r := range string(text) {
		switch {
		case r == '\n' || !harmful(r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.Bytes()
}

func jsonOf(r *analysis.Run) jsonRun {
	j := jsonRun{
		Scenario: r.Scenario, Outcome: r.Result(), Family: string(r.Family), Sandboxed: r.Sandboxed,
		Differs: r.Differs, Trouble: r.Trouble, Witness: r.Witness, Recorded: originOf(r),
		Capture: jsonCapture{r.Capture.Interface, r.Capture.Backend, r.Capture.Stats.Delivered, r.Capture.Stats.Dropped},
		Events:  []jsonEvent{}, Segments: []jsonSegment{}, Signals: []jsonSignal{}, Calls: []jsonCall{}, Verdicts: []jsonVerdict{},
	}
	for _, ev := range r.Evidence.Events {
		e := jsonEvent{ID: ev.ID, Conn: ev.Conn, Role: string(ev.Role), Op: string(ev.Op), Start: stamp(ev.Start),
			End: stamp(ev.End), Deadline: stamp(ev.Deadline), Asked: ev.Asked, N: ev.N, Fault: string(ev.Fault), Error: ev.Err,
			State: ev.State, StateAt: stamp(ev.StateAt)}
		if ev.Local.IsValid() {
			e.Local = ev.Local.String()
		}
		if ev.Remote.IsValid() {
			e.Remote = ev.Remote.String()
		}
		j.Events = append(j.Events, e)
	}
	for _, s := range r.Evidence.Segments {
		n := r.Notes[s.ID]
		j.Segments = append(j.Segments, jsonSegment{ID: s.ID, Time: stamp(s.Time), Src: s.Src.String(), Dst: s.Dst.String(),
			Flags: s.Flags.String(), Seq: uint32(s.Seq), Ack: uint32(s.Ack), Window: s.Window, Len: s.Len,
			From: linkOf(n.From), Reasons: words(n.Reasons), Heard: words(n.Heard), Effect: n.Effect, Lost: n.Lost, ICMP: icmpOf(s.ICMP)})
	}
	for _, c := range r.Calls {
		j.Calls = append(j.Calls, jsonCall{c.Event, words(c.Predicted), string(c.Certainty)})
	}
	for i := range r.Evidence.Signals {
		j.Signals = append(j.Signals, jsonSignalOf(&r.Evidence.Signals[i]))
	}
	for _, v := range r.Verdicts {
		j.Verdicts = append(j.Verdicts, verdictOf(&v))
	}
	j.Kernel = jsonHearingOf(&r.Evidence.Hearing)
	for _, f := range r.Findings {
		j.Findings = append(j.Findings, jsonFinding{f.Segment, f.Because})
	}
	return j
}

func originOf(r *analysis.Run) *jsonOrigin {
	if !r.Replayed {
		return nil
	}
	o := &jsonOrigin{OS: r.Platform.OS, Release: r.Platform.Release, Note: r.Origin()}
	if len(r.Evidence.Events) > 0 {
		o.Time = stamp(r.Evidence.Events[0].Start)
	}
	return o
}

func verdictOf(v *analysis.Verdict) jsonVerdict {
	j := jsonVerdict{Event: v.Event, Fault: string(v.Fault), Predicted: words(v.Predicted), Outcome: v.Outcome.String(),
		Cause: linkOf(v.Cause), Chain: []jsonLink{}, Unheard: v.Unheard, Rule: v.Rule, Test: v.Fault.Test(), Because: v.Because,
		Next: jsonNext{string(v.Next.Read), string(v.Next.Write)}, Elsewhere: string(v.Elsewhere.Fault)}
	for _, l := range v.Chain {
		j.Chain = append(j.Chain, *linkOf(l))
	}
	j.Proof = proofOf(v.Proof)
	if len(v.Inferred) == 1 {
		j.Inferred = string(v.Inferred[0])
	}
	switch len(v.Heard) {
	case 0:
	case 1:
		j.Heard = string(v.Heard[0])
	default:
		j.Among = words(v.Heard)
	}
	return j
}

func icmpOf(m capture.ICMP) *jsonICMP {
	if !m.Is() {
		return nil
	}
	return &jsonICMP{m.Type, m.Code, m.From.String(), m.To.String(), m.Meaning()}
}

func linkOf(l analysis.Link) *jsonLink {
	if l.Event == 0 && l.Segment == 0 {
		return nil
	}
	return &jsonLink{l.Event, l.Segment}
}

func words[T ~string](list []T) []string {
	out := []string{}
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
