package scenario

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGives: a story gives what it expects, and what a race may end in.
func TestGives(t *testing.T) {
	read := Result{Role: Client, Op: OpRead, Fault: EOF}
	race := Result{Role: Server, Op: OpWrite, Fault: EPIPE, Or: ECONNRESET}
	again := Result{Role: Server, Op: OpRead, Fault: ECONNRESET}
	sc := &Scenario{Expect: map[string][]Result{"linux": {read, race, again}, "darwin": {read}}}
	for _, c := range []struct {
		model string
		fault Fault
		want  []Result
	}{
		{"linux", EOF, []Result{read}},
		{"linux", EPIPE, []Result{race}},
		{"linux", ECONNRESET, []Result{race, again}},
		{"linux", "", nil},
		{"darwin", EPIPE, nil},
		{"plan9", EOF, nil},
	} {
		if d := cmp.Diff(c.want, sc.Gives(c.model, c.fault)); d != "" {
			t.Errorf("%s, %q (-want +got)\n%s", c.model, c.fault, d)
		}
	}
}

// TestGivesOverIPv6: what differs there is given too, and what does not is given
// once.
func TestGivesOverIPv6(t *testing.T) {
	read := Result{Role: Client, Op: OpRead, Fault: EOF}
	four, six := Result{Role: Client, Op: OpDial, Fault: "EHOSTUNREACH"}, Result{Role: Client, Op: OpDial, Fault: "EACCES"}
	sc := &Scenario{Expect: map[string][]Result{"linux": {read, four}}, Expect6: map[string][]Result{"linux": {read, six}}}
	if d := cmp.Diff([]Result{six}, sc.Gives("linux", "EACCES")); d != "" {
		t.Errorf("over IPv6 alone (-want +got)\n%s", d)
	}
	if d := cmp.Diff([]Result{read}, sc.Gives("linux", EOF)); d != "" {
		t.Errorf("over both (-want +got)\n%s", d)
	}
	if d := cmp.Diff([]Fault{EOF, "EHOSTUNREACH", "EACCES"}, sc.Faults()); d != "" {
		t.Errorf("all faults (-want +got)\n%s", d)
	}
}
