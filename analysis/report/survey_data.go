package report

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

type jsonSurvey struct {
	Schema  string      `json:"schema"`
	Runs    []jsonRun   `json:"runs"`
	Summary jsonSummary `json:"summary"`

	// What there is to a line of a log.
	Line       *jsonLine        `json:"line,omitempty"`
	Candidates *[]jsonCandidate `json:"candidates,omitempty"`
	More       int              `json:"more_candidates,omitempty"`
	Why        string           `json:"why_none,omitempty"`
	// connections: []jsonConnection, except of a summary; see write
}

type jsonSummary struct {
	Connections uint64                   `json:"connections"`
	Of          uint64                   `json:"of"`
	ClosedOut   uint64                   `json:"closed_out"`
	ICMP        uint64                   `json:"icmp_errors"`
	Segments    jsonSegments             `json:"segments"`
	Frames      jsonFrames               `json:"frames,omitzero"`
	Endings     map[survey.Ending]uint64 `json:"endings"`
	States      map[string]uint64        `json:"conn_state"`
	Reasons     map[string]uint64        `json:"reasons"`
}

type jsonSegments struct {
	Total uint64 `json:"total"`
	SYN   uint64 `json:"syn"`
	FIN   uint64 `json:"fin"`
	RST   uint64 `json:"rst"`
}

// jsonFrames has what is not zero.
type jsonFrames struct {
	Fragmented uint64 `json:"fragmented,omitempty"`
	Fragments  uint64 `json:"fragments,omitempty"`
	NotTCP     uint64 `json:"not_tcp,omitempty"`
	Cut        uint64 `json:"cut_short,omitempty"`
	Malformed  uint64 `json:"malformed,omitempty"`
	Unknown    uint64 `json:"unknown_link_type,omitempty"`
}

type jsonConnection struct {
	Stream       uint32        `json:"stream"`
	Client       jsonSide      `json:"client"`
	Server       jsonSide      `json:"server"`
	Start        string        `json:"start"`
	End          string        `json:"end"`
	State        string        `json:"conn_state"`
	History      string        `json:"history"`
	Completeness uint8         `json:"completeness"`
	Ending       string        `json:"ending"`
	Ended        string        `json:"ended,omitempty"`
	EndedBy      string        `json:"ended_by,omitempty"`
	EndedWith    string        `json:"ended_with,omitempty"`
	Midway       bool          `json:"midway"`
	OneWay       bool          `json:"one_way"`
	Copies       uint8         `json:"copies,omitempty"`
	Next         jsonNextCalls `json:"next"`
	Reset        *jsonReset    `json:"reset,omitempty"`

	Diagnosis *jsonDiagnosis `json:"diagnosis,omitempty"`
}

// jsonNextCalls is what the next calls of both programs return.
type jsonNextCalls struct {
	Client jsonCalls `json:"client"`
	Server jsonCalls `json:"server"`
}

type jsonCalls struct {
	Dial    survey.Results `json:"dial,omitempty"`
	Read    survey.Results `json:"read"`
	Write   survey.Results `json:"write"`
	GivesUp scenario.Fault `json:"gives_up,omitempty"`
}

type jsonSide struct {
	Addr    string `json:"addr"`
	Packets uint32 `json:"packets"`
	Octets  uint64 `json:"octets"`
	Resent  uint32 `json:"retransmitted"`
	SYN     uint16 `json:"syn"`
	FIN     uint16 `json:"fin"`
	RST     uint16 `json:"rst"`
}

type jsonReset struct {
	Frame    uint32        `json:"frame"`
	Time     string        `json:"time"`
	By       string        `json:"by"`
	Flags    string        `json:"flags"`
	Seq      uint32        `json:"seq"`
	Ack      uint32        `json:"ack"`
	Window   uint16        `json:"window"`
	TTL      uint8         `json:"ttl"`
	UsualTTL uint8         `json:"usual_ttl,omitempty"`
	IPID     uint16        `json:"ip_id"`
	Kind     string        `json:"kind"`
	Reasons  []string      `json:"reasons"`
	Provoker *jsonProvoker `json:"provoker,omitempty"`
}

type jsonProvoker struct {
	Frame uint32 `json:"frame"`
	Flags string `json:"flags"`
	Seq   uint32 `json:"seq"`
	Ack   uint32 `json:"ack"`
	Len   int32  `json:"len"`
}

// SurveyJSON prints the document of a survey: one object, with the connections
// unless all is nil. It holds one of them in memory at a time.
func SurveyJSON(w io.Writer, sum survey.Summary, all iter.Seq[survey.Connection]) error {
	return surveyOf(sum).write(w, all)
}

func surveyOf(sum survey.Summary) *jsonSurvey {
	doc := &jsonSurvey{Schema: Schema, Runs: []jsonRun{}, Summary: jsonSummary{
		Connections: sum.Connections, Of: sum.Of, ClosedOut: sum.ClosedOut, ICMP: sum.ICMP,
		Segments: jsonSegments(sum.Segments), Frames: jsonFrames(sum.Frames), Endings: sum.Endings, States: sum.States, Reasons: make(map[string]uint64)}}
	for _, c := range sum.Classes {
		doc.Summary.Reasons[className(c.Kind, words(c.Reasons))] += c.Connections
	}
	return doc
}

// write prints the document, and at its end the connections one by one, if all
// is not nil.
func (doc *jsonSurvey) write(w io.Writer, all iter.Seq[survey.Connection]) error {
	if all == nil {
		return doc.writeEach(w, nil)
	}
	return doc.writeEach(w, func(yield func(jsonConnection) bool) {
		for c := range all {
			if !yield(connectionOf(&c)) {
				return
			}
		}
	})
}

func (doc *jsonSurvey) writeEach(w io.Writer, all iter.Seq[jsonConnection]) error {
	text, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		return err
	}
	open := strings.TrimSuffix(string(text), "\n}")
	if all == nil {
		_, err := io.WriteString(w, open+"\n}\n")
		return err
	}
	open += ",\n \"connections\": ["
	before, after := "\n  ", "]\n}\n"
	for c := range all {
		text, err := json.MarshalIndent(c, "  ", " ")
		if err != nil {
			return err
		}
		if c.Diagnosis != nil {
			text = escaped(text) // it quotes what was captured
		}
		if _, err := io.WriteString(w, open+before+string(text)); err != nil {
			return err
		}
		open, before, after = "", ",\n  ", "\n ]\n}\n"
	}
	_, err = io.WriteString(w, open+after)
	return err
}

// className names a class by its members.
func className(k survey.Kind, reasons []string) string {
	if len(reasons) == 0 {
		return string(k)
	}
	return strings.Join(reasons, "|")
}

// SurveyLines prints an object a line for each connection.
func SurveyLines(w io.Writer, all iter.Seq[survey.Connection]) error {
	enc := json.NewEncoder(w)
	for c := range all {
		if err := enc.Encode(connectionOf(&c)); err != nil {
			return err
		}
	}
	return nil
}

// SurveyCSV prints a header, and a line for each connection.
func SurveyCSV(w io.Writer, all iter.Seq[survey.Connection]) error {
	out := csv.NewWriter(w)
	out.Write([]string{"stream", "client", "server", "start", "end", "conn_state", "history", "completeness", "ending", "ended",
		"ended_by", "ended_with", "client_packets", "server_packets", "client_octets", "server_octets", "client_fin", "server_fin",
		"client_rst", "server_rst", "reset_frame", "reset_by", "reset_kind", "reset_reasons", "provoker_frame", "client_dial",
		"client_read", "client_write", "client_gives_up", "server_read", "server_write", "server_gives_up"})
	for c := range all {
		j := connectionOf(&c)
		line := []string{fmt.Sprint(j.Stream), j.Client.Addr, j.Server.Addr, j.Start, j.End, j.State, j.History, fmt.Sprint(j.Completeness),
			j.Ending, j.Ended, j.EndedBy, j.EndedWith, fmt.Sprint(j.Client.Packets), fmt.Sprint(j.Server.Packets),
			fmt.Sprint(j.Client.Octets), fmt.Sprint(j.Server.Octets), fmt.Sprint(j.Client.FIN), fmt.Sprint(j.Server.FIN),
			fmt.Sprint(j.Client.RST), fmt.Sprint(j.Server.RST), "", "", "", "", "", string(j.Next.Client.Dial),
			string(j.Next.Client.Read), string(j.Next.Client.Write), string(j.Next.Client.GivesUp), string(j.Next.Server.Read),
			string(j.Next.Server.Write), string(j.Next.Server.GivesUp)}
		if r := j.Reset; r != nil {
			copy(line[20:], []string{fmt.Sprint(r.Frame), r.By, r.Kind, strings.Join(r.Reasons, "|")})
			if r.Provoker != nil {
				line[24] = fmt.Sprint(r.Provoker.Frame)
			}
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

func connectionOf(c *survey.Connection) jsonConnection {
	j := jsonConnection{Stream: c.Stream, Client: sideOf(&c.Sides[0]), Server: sideOf(&c.Sides[1]), Start: nanoStamp(c.First),
		End: nanoStamp(c.Last), State: c.State, History: c.History, Completeness: uint8(c.Completeness),
		Ending: string(c.Ending), Midway: c.Midway, OneWay: c.OneWay, Copies: c.Copies,
		Next: jsonNextCalls{jsonCalls(c.Sides[0].Next), jsonCalls(c.Sides[1].Next)}}
	if c.EndedBy >= 0 {
		j.Ended, j.EndedBy, j.EndedWith = nanoStamp(c.Ended), survey.SideName(c.EndedBy), c.By.String()
	}
	if r := c.Reset; r != nil {
		j.Reset = &jsonReset{Frame: r.Frame, Time: nanoStamp(r.Time), By: survey.SideName(r.From), Flags: r.Flags.String(), Seq: uint32(r.Seq),
			Ack: uint32(r.Ack), Window: r.Window, TTL: r.TTL, UsualTTL: r.UsualTTL, IPID: r.IPID, Kind: string(r.Kind),
			Reasons: words(r.Reasons)}
		if p := r.Provoker; p.Frame != 0 {
			j.Reset.Provoker = &jsonProvoker{p.Frame, p.Flags.String(), uint32(p.Seq), uint32(p.Ack), p.Len}
		}
	}
	return j
}

func sideOf(s *survey.Side) jsonSide {
	return jsonSide{s.Addr.String(), s.Packets, s.Octets, s.Resent, s.SYN, s.FIN, s.RST}
}

func nanoStamp(n int64) string { return time.Unix(0, n).UTC().Format(time.RFC3339Nano) }
