// Package tracetest makes runs of texts in the notation of package trace, for
// the tests of what shows runs.
//
// It is for tests only; no program imports it.
package tracetest

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// Texts to be joined: what comes behind one has later times.
const (
	// Connect is a connection being made, with times as on a real machine.
	Connect = `
0.000110..0.000150 client dial
0.000120..0.000175 server accept
`
	// Opening is that, with the listener's beginning.
	Opening = `
0.000010..0.000060 server listen` + Connect
	// Abort, behind either, is a server that closes with an octet unread, and what
	// the client reads then.
	Abort = `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 server > client ACK
0.000215..0.000218 server read 1 = 1
0.000220..0.000230 server close
0.000224 server > client RST,ACK
0.000250..0.000252 client read 16 = ECONNRESET
`
	// HalfClose, behind either, is a client that ends its own stream and still gets
	// its answer.
	HalfClose = `
0.000180..0.000210 client write 8
0.000184 client > server PSH,ACK len 8
0.000189 server > client ACK
0.000215..0.000225 client close-write
0.000218 client > server FIN,ACK
0.000230..0.000233 server read 16 = 8
0.000235..0.000237 server read 16 = EOF
0.000240..0.000260 server write 6
0.000244 server > client PSH,ACK len 6
0.000248 client > server ACK
0.000265..0.000275 server close
0.000268 server > client FIN,ACK
0.000271 client > server ACK
0.000280..0.000283 client read 16 = 6
0.000285..0.000287 client read 16 = EOF
`
)

// Run is what the model makes of a text, by the rules of Linux unless the text
// names others: run 1, which says no more of itself. A text that can not be read
// ends the test.
func Run(tb testing.TB, text string) *analysis.Run {
	tb.Helper()
	tr, err := trace.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return &analysis.Run{Number: 1, Evidence: tr.Evidence, Explanation: analysis.Explain(tr.Evidence)}
}
