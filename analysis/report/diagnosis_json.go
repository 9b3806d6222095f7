package report

import (
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/analysis/survey"
)

type jsonDiagnosis struct {
	Situation  string        `json:"situation"`
	Says       string        `json:"says"`
	Causes     []string      `json:"causes"`
	Measure    *jsonMeasure  `json:"measure,omitempty"`
	Decisive   int           `json:"decisive,omitempty"`
	FINs       []jsonMark    `json:"fins"`
	Resets     []jsonFate    `json:"resets"`
	Outlook    jsonOutlooks  `json:"outlook"`
	Idle       jsonIdle      `json:"idle"`
	Request    jsonRequest   `json:"request"`
	Answer     jsonAnswer    `json:"answer"`
	Vantage    jsonVantage   `json:"vantage"`
	Signs      []jsonSign    `json:"signs"`
	Forged     string        `json:"forged,omitempty"`
	Retry      jsonRetry     `json:"retry"`
	Unknown    []string      `json:"unknown"`
	Duplicates int           `json:"duplicates"`
	LeftOut    uint64        `json:"left_out"`
	Model      string        `json:"model"`
	Segments   []jsonSegment `json:"segments"`
}

type jsonMeasure struct {
	What    string `json:"what"`
	Command string `json:"command,omitempty"`
}

type jsonMark struct {
	Frame int    `json:"frame"`
	Time  string `json:"time"`
	By    string `json:"by"`
}

type jsonFate struct {
	jsonMark
	Flags    string   `json:"flags"`
	Kind     string   `json:"kind"`
	Reasons  []string `json:"reasons"`
	Provoker int      `json:"provoker,omitempty"`
	Fate     string   `json:"fate"`
	Effect   string   `json:"effect,omitempty"`
}

type jsonOutlooks struct {
	Client jsonOutlook `json:"client"`
	Server jsonOutlook `json:"server"`
}

type jsonOutlook struct {
	Returns []jsonReturn `json:"returns"`
	Says    string       `json:"says"`
	Socket  string       `json:"socket"`
	Assumed bool         `json:"assumed"`
}

type jsonReturn struct {
	Op     string `json:"op"`
	Fault  string `json:"fault"`
	Cause  int    `json:"cause,omitempty"`
	Rule   string `json:"rule,omitempty"`
	Source string `json:"source,omitempty"`
	Timer  string `json:"timer,omitempty"`
}

type jsonIdle struct {
	Seconds float64 `json:"seconds"`
	Until   int     `json:"until,omitempty"`
	Probes  int     `json:"probes"`
	Long    bool    `json:"long"`
}

type jsonOctets struct {
	Octets uint64 `json:"octets"`
	Acked  uint64 `json:"acknowledged"`
	Resent int    `json:"retransmitted"`
}

type jsonRequest struct {
	jsonOctets
	Earlier int    `json:"earlier"`
	Method  string `json:"method,omitempty"`
	Target  string `json:"target,omitempty"`
}

type jsonAnswer struct {
	jsonOctets
	Status    int    `json:"status,omitempty"`
	Announced *int64 `json:"announced,omitempty"`
	Whole     *bool  `json:"whole,omitempty"`
}

type jsonVantage struct {
	Place string   `json:"place"`
	Sure  bool     `json:"sure"`
	Why   []string `json:"why"`
}

type jsonSign struct {
	Frame    int    `json:"frame"`
	What     string `json:"what"`
	Innocent string `json:"innocent,omitempty"`
}

type jsonRetry struct {
	Safety string `json:"safety"`
	Why    string `json:"why"`
}

// DiagnosesJSON prints the document of a survey with the connections diagnosed,
// and their diagnoses.
func DiagnosesJSON(w io.Writer, sum survey.Summary, list []*diagnosis.Diagnosis) error {
	return surveyOf(sum).writeEach(w, func(yield func(jsonConnection) bool) {
		for _, d := range list {
			if !yield(diagnosed(d)) {
				return
			}
		}
	})
}

// DiagnosesLines prints an object a line for each.
func DiagnosesLines(w io.Writer, list []*diagnosis.Diagnosis) error {
	for _, d := range list {
		text, err := json.Marshal(diagnosed(d))
		if err != nil {
			return err
		}
		if _, err := w.Write(append(escaped(text), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// Diagnosed are the connections of diagnoses.
func Diagnosed(list []*diagnosis.Diagnosis) iter.Seq[survey.Connection] {
	return func(yield func(survey.Connection) bool) {
		for _, d := range list {
			if !yield(d.Connection) {
				return
			}
		}
	}
}

func diagnosed(d *diagnosis.Diagnosis) jsonConnection {
	c := connectionOf(&d.Connection)
	j := &jsonDiagnosis{Situation: d.Situation.Name, Says: d.Situation.Says, Causes: list(d.Situation.Causes), Decisive: d.Decisive,
		FINs: []jsonMark{}, Resets: []jsonFate{}, Signs: []jsonSign{}, Forged: string(d.Forged), Retry: jsonRetry{string(d.Retry.Safety), d.Retry.Why},
		Unknown: list(d.Unknown), Duplicates: d.Duplicates, LeftOut: d.LeftOut, Model: d.Run.Evidence.Model.Name,
		Vantage: jsonVantage{string(d.Vantage.Place), d.Vantage.Sure, list(d.Vantage.Why)},
		Idle:    jsonIdle{d.Idle.For.Seconds(), d.Idle.Until, d.Idle.Probes, d.Idle.Long},
		Request: jsonRequest{octetsOf(d.Exchange.Request), d.Exchange.Earlier, d.Exchange.Method, d.Exchange.Target},
		Answer:  answerOf(&d.Exchange), Segments: jsonOf(d.Run).Segments,
		Outlook: jsonOutlooks{outlookOf(&d.Outlooks[0]), outlookOf(&d.Outlooks[1])}}
	if m := d.Situation.Measure; m.What != "" {
		j.Measure = &jsonMeasure{m.What, m.Command}
	}
	for _, m := range d.FINs {
		j.FINs = append(j.FINs, markOf(m))
	}
	for _, r := range d.Resets {
		j.Resets = append(j.Resets, jsonFate{markOf(r.Mark), r.Flags.String(), string(r.Kind), words(r.Reasons), r.Provoker, string(r.Fate), r.Because})
	}
	for _, s := range d.Signs {
		j.Signs = append(j.Signs, jsonSign(s))
	}
	c.Diagnosis = j
	return c
}

// list is never null.
func list(texts []string) []string {
	if texts == nil {
		return []string{}
	}
	return texts
}

func markOf(m diagnosis.Mark) jsonMark {
	return jsonMark{m.Frame, m.Time.UTC().Format(time.RFC3339Nano), survey.SideName(m.Side)}
}

func octetsOf(o diagnosis.Octets) jsonOctets { return jsonOctets{o.Sent, o.Acked, o.Resent} }

func answerOf(e *diagnosis.Exchange) jsonAnswer {
	a := jsonAnswer{jsonOctets: octetsOf(e.Answer), Status: e.Status}
	if e.Awaited >= 0 {
		a.Announced = &e.Awaited
	}
	if e.Complete || e.Torn {
		a.Whole = &e.Complete
	}
	return a
}

func outlookOf(o *diagnosis.Outlook) jsonOutlook {
	j := jsonOutlook{Returns: []jsonReturn{}, Says: o.Says, Socket: o.Socket, Assumed: o.Assumed}
	for _, r := range o.Returns {
		j.Returns = append(j.Returns, returnOf(r))
	}
	return j
}

func returnOf(r analysis.Return) jsonReturn {
	fault := scene.Result(r.Fault)
	return jsonReturn{string(r.Op), fault, r.Cause.Segment, r.Rule, r.Source, r.Timer}
}
