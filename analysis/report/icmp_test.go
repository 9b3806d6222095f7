package report

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJSONOfICMP: an ICMP error says what it is, and what it quotes is lost.
func TestJSONOfICMP(t *testing.T) {
	all := stories()
	at := slices.IndexFunc(all, func(s story) bool { return s.name == "rejected" })
	doc := unmarshal(t, all[at].make(t))
	segments := doc["runs"].([]any)[0].(map[string]any)["segments"].([]any)
	data, message := segments[3].(map[string]any), segments[4].(map[string]any)
	want := map[string]any{"type": 3.0, "code": 1.0, "from": "192.0.2.254", "to": "192.0.2.1", "meaning": "host unreachable"}
	if d := cmp.Diff(want, message["icmp"]); d != "" {
		t.Error(d)
	}
	if data["icmp"] != nil || data["lost"] != "#5 ICMP host unreachable (3/1) says so" {
		t.Errorf("the segment quoted: %v", data)
	}
}
