package scene

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
)

// standings is a ladder with the states at its edges after each step.
func standings(l *Ladder) string {
	var b strings.Builder
	for i := range l.Steps {
		st := &l.Steps[i]
		what := ""
		if st.Segment != nil {
			what = fmt.Sprintf("#%d", st.Segment.ID)
		} else {
			what = fmt.Sprintf("%s %s", st.Kind, st.Call.Op)
		}
		edges := [2]string{"-", "-"}
		for e, list := range st.States {
			if len(list) > 0 {
				edges[e] = strings.Join(states(list), "|")
			}
		}
		if st.Heard != "" {
			what += ", heard " + st.Heard
		}
		fmt.Fprintf(&b, "%s %s: %s\n", edges[0], edges[1], what)
	}
	return b.String()
}

// TestStates: the listener before the connection, both sockets as segments
// arrive and calls return, and several states where the order can not be told:
// what the kernel said decides.
func TestStates(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"an abort", aborted, `
- LISTEN: begins dial
SYN_SENT SYN_RECV: #1
ESTABLISHED SYN_RECV: #2
ESTABLISHED ESTABLISHED: #3
ESTABLISHED ESTABLISHED: ends dial
ESTABLISHED ESTABLISHED: whole accept
ESTABLISHED ESTABLISHED: whole write
ESTABLISHED ESTABLISHED: #4
ESTABLISHED ESTABLISHED: whole read
ESTABLISHED ESTABLISHED: begins read
ESTABLISHED CLOSED: whole close
CLOSED CLOSED: #5
CLOSED CLOSED: ends read
CLOSED CLOSED: whole write
`},
		{"both close, one after the other", closed + `
0.000300..0.000310 server close-write
0.000305 server > client FIN,ACK
0.040000 client > server ACK
0.050000..0.050010 client read 16 = EOF state CLOSE_WAIT by 0.050011
0.060000..0.060010 client close
0.060005 client > server FIN,ACK
0.060007 server > client ACK
`, `
ESTABLISHED FIN_WAIT1: whole close-write
CLOSE_WAIT FIN_WAIT1: #4
CLOSE_WAIT FIN_WAIT2: #5
CLOSE_WAIT FIN_WAIT2: whole read, heard CLOSE_WAIT
CLOSE_WAIT FIN_WAIT2: begins close
LAST_ACK TIME_WAIT: #6
CLOSED TIME_WAIT: #7
CLOSED TIME_WAIT: ends close
`},
		{"an answer within a write, which the kernel has not heard yet", closed + `
0.000300..0.000310 server close
0.000305 server > client FIN,ACK
0.040000 client > server ACK
0.050000..0.050020 client write 5 state CLOSE_WAIT by 0.050021
0.050005 client > server PSH,ACK len 5
0.050010 server > client RST
0.060000..0.060010 client write 5 = EPIPE state CLOSED by 0.060011
`, `
ESTABLISHED FIN_WAIT1: whole close
CLOSE_WAIT FIN_WAIT1: #4
CLOSE_WAIT FIN_WAIT2 (time-wait bucket): #5
CLOSE_WAIT FIN_WAIT2 (time-wait bucket): begins write
CLOSE_WAIT CLOSED: #6
CLOSED CLOSED: #7
CLOSE_WAIT CLOSED: ends write, heard CLOSE_WAIT
CLOSED CLOSED: whole write, heard CLOSED
`},
		{"both end their streams at once: the later FIN acknowledges the earlier", closed + `
0.000180..0.000192 server close-write
0.000184 server > client FIN,ACK
0.000202..0.000218 client close-write
0.000205 client > server FIN,ACK
0.000209 server > client ACK
`, `
ESTABLISHED FIN_WAIT1: whole close-write
CLOSE_WAIT FIN_WAIT1: #4
CLOSE_WAIT FIN_WAIT1: begins close-write
LAST_ACK TIME_WAIT: #5
CLOSED TIME_WAIT: #6
CLOSED TIME_WAIT: ends close-write
`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := standings(&Of(runOf(t, c.text)).Ladders[0])
			if c.name != "an abort" {
				_, got, _ = strings.Cut(got, "whole accept\n")
			}
			if diff := cmp.Diff(strings.TrimLeft(c.want, "\n"), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestUnreached: who is refused in the name of a listener has not reached it.
func TestUnreached(t *testing.T) {
	s := Of(runOf(t, `epoch 2026-01-02T03:04:05Z
0.000000..0.000001 server listen
0.000010..0.000300 client dial = ECONNREFUSED
`))
	if diff := cmp.Diff("- LISTEN: begins dial\nSYN_SENT LISTEN: #1\nCLOSED LISTEN: #2\nCLOSED LISTEN: ends dial\n", standings(&s.Ladders[0])); diff != "" {
		t.Error(diff)
	}
}

// TestHeld: of a socket that its application has closed nothing is unread, and
// no error waits in it.
func TestHeld(t *testing.T) {
	s := Of(runOf(t, closed+`
0.001000 client > server PSH,ACK len 3
0.001010 server > client ACK
0.002000 client > server PSH,ACK len 2
0.002010 server > client ACK
0.010000..0.010020 client close
0.010010 client > server FIN,ACK
0.010015 server > client ACK
0.020000..0.020020 server close
0.020010 server > client RST,ACK
`))
	steps := s.Ladders[0].Steps
	unread := 0
	for i := range steps {
		for _, sock := range slices.Concat(steps[i].States[0], steps[i].States[1]) {
			unread = max(unread, sock.Unread)
			if sock.Orphan && (sock.Unread > 0 || sock.Pending != "") {
				t.Errorf("step %d: %s", i, sock)
			}
		}
	}
	if unread != 5 {
		t.Errorf("at most %d octets were unread, want 5", unread)
	}
	for edge, list := range steps[len(steps)-1].States {
		if len(list) != 1 || list[0].State != analysis.Closed || !list[0].Orphan {
			t.Errorf("in the end the socket at edge %d is %v", edge, list)
		}
	}
}

// closed is a connection that is about to be closed.
const closed = `epoch 2026-01-02T03:04:05Z
0.000000..0.000001 server listen
0.000010..0.000100 client dial
0.000110..0.000120 server accept
`

// TestForgedState: what a file says that the kernel said changes nothing where
// the model knows better, and need not be a state at all.
func TestForgedState(t *testing.T) {
	for _, state := range []string{"LISTEN", `"</script><img src=x onerror=alert(1)>"`, `"\x1b[2J"`} {
		s := Of(runOf(t, closed+"0.050000..0.050010 client read 16 = EAGAIN state "+state+" by 0.050011\n"))
		last := s.Ladders[0].Steps[len(s.Ladders[0].Steps)-1]
		if state != "LISTEN" && last.Heard != "" {
			t.Errorf("the kernel is said to have said %q", last.Heard)
		}
		if got := states(last.States[0]); len(got) != 1 || got[0] != "ESTABLISHED" {
			t.Errorf("the socket is in %v, the file says %s", got, state)
		}
	}
}

// TestSelf: a socket that has met itself is the same at both edges; and one
// whose dial was given up is closed.
func TestSelf(t *testing.T) {
	s := Of(runOf(t, `epoch 2026-01-02T03:04:05Z
socket 1 self 127.0.0.1:80 > 127.0.0.1:80

0.000000..0.000100 self dial = ok
0.000010 self > self SYN
0.000020 self > self SYN,ACK seq 0 ack 1
0.000030 self > self ACK
`))
	want := "- -: begins dial\nSYN_RECV SYN_RECV: #1\nESTABLISHED ESTABLISHED: #2\nESTABLISHED ESTABLISHED: #3\nESTABLISHED ESTABLISHED: ends dial\n"
	if diff := cmp.Diff(want, standings(&s.Ladders[0])); diff != "" {
		t.Error(diff)
	}
	for _, end := range []string{"CANCELED", "DEADLINE"} {
		s := Of(runOf(t, `epoch 2026-01-02T03:04:05Z
0.000000..0.000001 server listen
0.000010..0.300010 client dial deadline 0.300000 = `+end+`
0.000020 client > server SYN
`))
		if diff := cmp.Diff("- LISTEN: begins dial\nSYN_SENT LISTEN: #1\nCLOSED LISTEN: ends dial\n", standings(&s.Ladders[0])); diff != "" {
			t.Errorf("%s: %s", end, diff)
		}
	}
}

// TestRestarted: what comes for a connection that a crash has ended finds who
// listens since.
func TestRestarted(t *testing.T) {
	s := Of(runOf(t, `epoch 2026-01-02T03:04:05Z
socket 1 server.listener 127.0.0.1:80
socket 2 client 127.0.0.1:5000 > 127.0.0.1:80
socket 3 server 127.0.0.1:80 > 127.0.0.1:5000
socket 4 server.listener.2 127.0.0.1:80

0.000000..0.000001 server.listener listen
0.000010..0.000100 client dial
0.000020 client > server SYN seq 0
0.000030 server > client SYN,ACK seq 0 ack 1
0.000040 client > server ACK seq 1 ack 1
0.000110..0.000120 server accept
0.000130..0.000131 server.listener close
0.000140..0.000141 server vanish
0.000150..0.000151 server.listener.2 listen
0.000200..0.000220 client write 1
0.000205 client > server PSH,ACK seq 1 ack 1 len 1
0.000210 server > client RST seq 1
`))
	steps := standings(&s.Ladders[0])
	want := `ESTABLISHED LISTEN: whole listen
ESTABLISHED LISTEN: begins write
ESTABLISHED LISTEN: #4
CLOSED LISTEN: #5
CLOSED LISTEN: ends write
`
	if !strings.HasSuffix(steps, want) {
		t.Errorf("the last steps are not\n%s\nbut of\n%s", want, steps)
	}
}
