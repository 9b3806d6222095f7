package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/diagnosis"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
	"github.com/rstwatch/rstwatch/capture"
)

// diagnosedText diagnoses the first connection of a text.
func diagnosedText(t *testing.T, text string) *diagnosis.Diagnosis {
	t.Helper()
	e := tracetest.Run(t, text).Evidence
	tracker := survey.New(0, nil)
	for i := range e.Segments {
		s := &e.Segments[i]
		tracker.Add(s.Time.UnixNano(), uint32(s.ID), &capture.Brief{Src: s.Src.Addr().As16(), Dst: s.Dst.Addr().As16(), SrcPort: s.Src.Port(),
			DstPort: s.Dst.Port(), Len: int32(s.Len), Seq: s.Seq, Ack: s.Ack, Window: uint16(s.Window), Flags: s.Flags, TTL: s.TTL})
	}
	for c := range tracker.Connections() {
		d := diagnosis.Of(diagnosis.Evidence{Connection: c, Segments: e.Segments, Model: e.Model})
		return &d
	}
	t.Fatal("no connection")
	return nil
}

const kept = `epoch 2026-11-20T12:00:00Z
client > server  SYN
server > client  SYN,ACK
client > server  ACK
client > server  PSH,ACK len 98
server > client  ACK
server > client  PSH,ACK len 38
client > server  ACK
`

// long is a download of many segments that is aborted in its middle.
func long() string {
	var b strings.Builder
	b.WriteString(kept[:strings.Index(kept, "server > client  PSH")])
	for range 60 {
		b.WriteString("server > client ACK len 1460\nclient > server ACK\n")
	}
	b.WriteString("9.0 server > client RST,ACK\n")
	return b.String()
}

// diagnosedTexts are connections to diagnose, by name.
func diagnosedTexts() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, c := range []struct{ name, text string }{
			{"keep-alive race", kept + "60.007 client > server PSH,ACK len 98\n60.008 server > client FIN,ACK ack 99\n60.009 client > server ACK\n60.010 server > client RST seq 39 win 0 ttl 50\n"},
			{"the same on macOS", "model darwin\n" + kept + "60.007 client > server PSH,ACK len 98\n60.008 server > client FIN,ACK ack 99\n60.009 client > server ACK\n60.010 server > client RST seq 39 win 0\n"},
			{"a stale RST, then the real one", kept + "server > client RST seq 1 win 0\nclient > server PSH,ACK len 5\nserver > client RST seq 39 win 0\n"},
			{"a long one", long()},
			{"in the middle of it", "epoch 2026-11-20T12:00:00Z\nserver > client PSH,ACK seq 40 ack 99 len 5\nclient > server ACK seq 99 ack 45\n2.0 client > server RST,ACK seq 99 ack 45\n"},
			{"no answer", kept + "1.0 client > server PSH,ACK len 7\n1.2 client > server PSH,ACK seq 99 len 7\n1.6 client > server PSH,ACK seq 99 len 7\n"},
		} {
			if !yield(c.name, c.text) {
				return
			}
		}
	}
}

func TestDiagnosisViews(t *testing.T) {
	var all bytes.Buffer
	for name, text := range diagnosedTexts() {
		c := struct{ name, text string }{name, text}
		d := diagnosedText(t, c.text)
		for _, o := range []Options{{Width: 80}, {Width: 120}, {Width: 80, ASCII: true}, {Width: 80, Color: true}} {
			if o != (Options{Width: 80}) && c.name != "keep-alive race" {
				continue
			}
			fmt.Fprintf(&all, "-- %s, %+v --\n", c.name, o)
			if err := Diagnosis(&all, d, o); err != nil {
				t.Fatal(err)
			}
		}
		if c.name == "a stale RST, then the real one" {
			fmt.Fprintf(&all, "-- %s, JSON --\n", c.name)
			var document, line bytes.Buffer
			if err := DiagnosesJSON(&document, survey.Summary{}, []*diagnosis.Diagnosis{d}); err != nil {
				t.Fatal(err)
			}
			if err := DiagnosesLines(&line, []*diagnosis.Diagnosis{d}); err != nil {
				t.Fatal(err)
			}
			var doc struct {
				Connections []struct{ Diagnosis json.RawMessage }
			}
			if err := json.Unmarshal(document.Bytes(), &doc); err != nil || len(doc.Connections) != 1 {
				t.Fatalf("%v: %s", err, document.Bytes())
			}
			var one struct{ Diagnosis json.RawMessage }
			if err := json.Unmarshal(line.Bytes(), &one); err != nil {
				t.Fatalf("%v: %s", err, line.Bytes())
			}
			all.Write(doc.Connections[0].Diagnosis)
			all.WriteByte('\n')
			var small bytes.Buffer
			if err := json.Compact(&small, doc.Connections[0].Diagnosis); err != nil || small.String() != string(one.Diagnosis) {
				t.Errorf("%v: the document has\n%s\nthe line\n%s", err, small.String(), one.Diagnosis)
			}
		}
	}
	compare(t, "diagnosis.txt", strings.ReplaceAll(all.String(), "\x1b", "␛"))
}
