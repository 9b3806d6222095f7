// A dial that nobody answers is cancelled.
//
// Who closes: the client gives up an attempt; there never was a connection.
//
// The wire: a SYN that is lost, so that nothing comes back. Giving up sends
// nothing: a socket in SYN-SENT is just forgotten (RFC 9293 §3.10.4).
//
// The application: DialContext returns "operation was canceled", which
// errors.Is knows as context.Canceled. Had the context had a deadline, it would
// have been "i/o timeout"; had nobody cancelled, the kernel would have given up
// after two minutes with ETIMEDOUT.

package catalog

import (
	"context"

	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/lab"
)

func dialCancelled() *scenario.Scenario {
	return &scenario.Scenario{
		Name:    "dial-cancelled",
		Summary: "a dial that nobody answers is cancelled by its context",
		Story: `The client dials, and its SYN is lost: nobody answers, the call blocks.
Another goroutine cancels the dial's context, and DialContext returns "operation
was canceled", context.Canceled, on Linux and on macOS.
Nothing is sent for it: of a connection that is not yet there nobody has to be
told. With a deadline it would have been "i/o timeout" instead.`,
		Tags: []string{"dial", "local", "blocked"},
		Refs: []string{"RFC 9293 §3.10.4", "Dialer.DialContext (Go, net)", "https://github.com/golang/go/issues/28529"},
		Lab:  true,
		Play: func(s *scenario.Stage) {
			at := s.Listen()
			var lost *lab.Rule
			s.Change("lose SYNs", func() (restore func() error, err error) {
				if lost, err = lab.Drop(lab.Match{To: at, Flags: lab.SYN, Mask: lab.SYN, Inbound: true}); err != nil {
					return nil, err
				}
				return lost.Remove, nil
			})
			ctx, cancel := context.WithCancel(s.Context())
			join := s.Go(func() { s.DialContext(ctx, at) })
			s.Wait("the SYN", func(ctx context.Context) error { return lost.Await(ctx, 1) })
			cancel()
			join()
		},
		Expect: everywhere(
			byClient(scenario.OpDial, scenario.Canceled),
		),
	}
}
