package kernel

import (
	"slices"
	"testing"
)

func TestTold(t *testing.T) {
	for name, c := range map[string]struct {
		signal Signal
		want   []string
	}{
		"the kernel's own word":         {Signal{Kind: SendReset, Reason: "LATER", Stack: []string{"tcp_abort"}}, []string{"LATER"}},
		"no stack":                      {Signal{Kind: SendReset}, nil},
		"another event":                 {Signal{Kind: ReceiveReset, Stack: []string{"tcp_abort"}}, nil},
		"close, linger 0, open":         {Signal{Kind: SendReset, Before: closeWait, Stack: []string{"tcp_disconnect", "__tcp_close"}}, []string{"TCP_STATE"}},
		"close, linger 0, both closed":  {Signal{Kind: SendReset, Before: closing, Stack: []string{"tcp_disconnect"}}, []string{"TCP_DISCONNECT_WITH_DATA"}},
		"close of an open socket":       {Signal{Kind: SendReset, Before: established, State: closed, Stack: []string{"__tcp_close"}}, []string{"TCP_ABORT_ON_CLOSE"}},
		"close, linger 0":               {Signal{Kind: SendReset, Stack: []string{"tcp_disconnect", "__tcp_close", "tcp_close"}}, []string{"TCP_STATE", "TCP_DISCONNECT_WITH_DATA"}},
		"close":                         {Signal{Kind: SendReset, State: closed, Stack: []string{"__tcp_close"}}, []string{"TCP_ABORT_ON_CLOSE", "TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_MEMORY"}},
		"no socket":                     {Signal{Kind: SendReset, Answers: true, Stack: []string{"tcp_v4_rcv"}}, []string{"NO_SOCKET"}},
		"time-wait":                     {Signal{Kind: SendReset, Answers: true, State: timeWait, Stack: []string{"tcp_v6_rcv"}}, []string{"TCP_TIMEWAIT_SOCKET"}},
		"inlined into its caller":       {Signal{Kind: SendReset, Answers: true, State: listening, Stack: []string{"tcp_v4_rcv"}}, []string{"TCP_FLAGS"}},
		"a listener":                    {Signal{Kind: SendReset, Answers: true, State: listening, Stack: []string{"tcp_v4_do_rcv", "tcp_v4_rcv"}}, []string{"TCP_FLAGS"}},
		"a full accept queue":           {Signal{Kind: SendReset, Answers: true, State: listening, Stack: []string{"tcp_check_req", "tcp_v4_rcv"}}, []string{"INVALID_SYN"}},
		"data for nobody":               {Signal{Kind: SendReset, Answers: true, State: closed, Stack: []string{"tcp_v6_do_rcv"}}, []string{"TCP_ABORT_ON_DATA"}},
		"an answer within a close":      {Signal{Kind: SendReset, Answers: true, State: closed, Stack: []string{"tcp_v4_do_rcv", "__tcp_close"}}, []string{"TCP_ABORT_ON_DATA"}},
		"an open socket has no reason":  {Signal{Kind: SendReset, Answers: true, State: 1, Stack: []string{"tcp_v4_do_rcv", "tcp_v4_rcv"}}, nil},
		"an abort while segments come":  {Signal{Kind: SendReset, Stack: []string{"tcp_v4_do_rcv", "tcp_abort"}}, []string{"TCP_STATE"}},
		"keep-alive":                    {Signal{Kind: SendReset, State: 1, Stack: []string{"tcp_keepalive_timer"}}, []string{"TCP_KEEPALIVE_TIMEOUT"}},
		"the same timer ends FIN_WAIT2": {Signal{Kind: SendReset, State: finWait2, Stack: []string{"tcp_keepalive_timer"}}, []string{"TCP_KEEPALIVE_TIMEOUT", "TCP_STATE"}},
		"a subflow":                     {Signal{Kind: SendReset, Stack: []string{"mptcp_do_fastclose", "__tcp_close"}}, nil},
	} {
		if got := Told(&c.signal); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, not %q", name, got, c.want)
		}
		for _, reason := range c.want {
			if reason != "LATER" && !KnownReason(reason) {
				t.Errorf("%s is no reason", reason)
			}
		}
	}
	for _, p := range paths {
		if p.source == "" || !IsName(p.function) {
			t.Errorf("%+v has no name or no source", p)
		}
	}
}
