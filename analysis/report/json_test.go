package report

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
)

// required are the keys that every object of the document has, by the path of
// the object.
var required = map[string][]string{
	"":              {"schema", "platform", "runs"},
	"platform":      {"os", "release", "model"},
	"runs":          {"scenario", "outcome", "family", "sandboxed", "capture", "events", "segments", "signals", "calls", "verdicts"},
	"runs.capture":  {"interface", "backend", "delivered", "dropped"},
	"runs.events":   {"id", "conn", "role", "op", "start", "n"},
	"runs.segments": {"id", "time", "src", "dst", "flags", "seq", "ack", "len"},
	"runs.calls":    {"event", "predicted", "certainty"},
	"runs.verdicts": {"event", "fault", "predicted", "outcome", "chain", "because"},
}

// lists are the keys whose values are lists, and never null.
var lists = []string{"runs", "events", "segments", "signals", "calls", "verdicts", "predicted", "chain", "reasons"}

// unmarshal returns the document of runs, with what is common to all documents
// checked.
func unmarshal(t *testing.T, runs ...*analysis.Run) map[string]any {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, runs); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	conforms(t, "", doc)
	return doc
}

// conforms checks an object and those in it.
func conforms(t *testing.T, path string, object map[string]any) {
	t.Helper()
	for _, key := range required[path] {
		if _, ok := object[key]; !ok {
			t.Errorf("%q has no %q", path, key)
		}
	}
	if _, ok := object["cause"]; ok && object["rule"] == nil {
		t.Errorf("%q has a cause and no rule", path)
	}
	for key, value := range object {
		inner := key
		if path != "" {
			inner = path + "." + key
		}
		list, isList := value.([]any)
		if slices.Contains(lists, key) && !isList {
			t.Errorf("%s is %v, not a list", inner, value)
		}
		if value == nil {
			t.Errorf("%s is null", inner)
		}
		if o, ok := value.(map[string]any); ok {
			conforms(t, inner, o)
		}
		for _, v := range list {
			if o, ok := v.(map[string]any); ok {
				conforms(t, inner, o)
			}
		}
	}
}

func TestJSONKeys(t *testing.T) {
	for _, s := range stories() {
		t.Run(s.name, func(t *testing.T) { unmarshal(t, s.make(t)) })
	}
	t.Run("no runs", func(t *testing.T) { unmarshal(t) })
	t.Run("all", func(t *testing.T) {
		var runs []*analysis.Run
		for _, s := range stories() {
			runs = append(runs, s.make(t))
		}
		if doc := unmarshal(t, runs...); len(doc["runs"].([]any)) != len(runs) || doc["schema"] != Schema {
			t.Errorf("%d runs of schema %v", len(doc["runs"].([]any)), doc["schema"])
		}
	})
}

// TestJSONOfResetOnRead holds the values that the README shows.
func TestJSONOfResetOnRead(t *testing.T) {
	doc := unmarshal(t, stories()[0].make(t))
	run := doc["runs"].([]any)[0].(map[string]any)
	verdict := run["verdicts"].([]any)[0].(map[string]any)
	read := map[string]any{}
	for _, ev := range run["events"].([]any) {
		if e := ev.(map[string]any); e["id"] == verdict["event"] {
			read = e
		}
	}
	rst := run["segments"].([]any)[5].(map[string]any)
	link := func(kind string, id float64) map[string]any { return map[string]any{kind: id} }
	for _, c := range []struct {
		name      string
		want, got any
	}{
		{"outcome", "explained", run["outcome"]},
		{"op", "read", read["op"]}, {"role", "client", read["role"]}, {"fault", "ECONNRESET", read["fault"]},
		{"flags", "RST,ACK", rst["flags"]}, {"id", 6.0, rst["id"]}, {"from", link("event", 6), rst["from"]},
		{"effect", "client: ESTABLISHED → CLOSED, ECONNRESET pending", rst["effect"]},
		{"predicted", []any{"ECONNRESET"}, verdict["predicted"]},
		{"cause", link("segment", 6), verdict["cause"]},
		{"chain", []any{link("event", 4), link("segment", 4), link("event", 6), link("segment", 6), link("event", 8)}, verdict["chain"]},
		{"reason", "TCP_ABORT_ON_CLOSE", verdict["reason_inferred"]},
		{"time", "1970-01-01T00:00:01.000224Z", rst["time"]},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, d)
		}
	}
}
