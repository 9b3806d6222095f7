package probe

import (
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

func TestClosings(t *testing.T) {
	state := func(name string) kernel.State {
		s, ok := kernel.ParseState(name)
		if !ok {
			t.Fatal(name)
		}
		return s
	}
	set := func(socket uint64, before, after string) kernel.Signal {
		return kernel.Signal{Kind: kernel.SetState, Socket: socket, Before: state(before), State: state(after)}
	}
	rst := func(socket uint64) kernel.Signal {
		return kernel.Signal{Kind: kernel.SendReset, Socket: socket, Stack: []string{"__tcp_close"}}
	}
	answer := rst(1)
	answer.Answers = true
	first := []kernel.Signal{set(1, "ESTABLISHED", "CLOSE"), set(2, "ESTABLISHED", "CLOSE_WAIT"), rst(1), answer, rst(2), set(3, "CLOSE_WAIT", "CLOSE")}
	next := closings(nil).note(first)
	second := []kernel.Signal{rst(3), rst(1), {Kind: kernel.SendReset, Socket: 3, Reason: "TCP_STATE"}}
	next = next.note(second)
	for i, c := range []struct{ got, want kernel.State }{
		{first[2].Before, state("ESTABLISHED")}, {first[3].Before, 0}, {first[4].Before, 0},
		{second[0].Before, state("CLOSE_WAIT")}, {second[1].Before, state("ESTABLISHED")}, {second[2].Before, 0},
	} {
		if c.got != c.want {
			t.Errorf("%d: before it was %q, not %q", i, c.got, c.want)
		}
	}
	if len(next) > 0 {
		t.Errorf("remembered for good: %v", next)
	}
}
