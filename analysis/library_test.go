package analysis_test

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// TestLibraryCalls: what a library says is traced to the call on a socket that
// made it say so, and to nothing else.
func TestLibraryCalls(t *testing.T) {
	const reset = `
client  dial
server  accept
server  set-linger 0
server  close
server > client  RST,ACK
`
	const ended = `
client  dial
server  accept
server  close
server > client  FIN,ACK
`
	const twice = ended + `
client.2  dial
server.2  accept
server.2  close
server.2 > client.2  FIN,ACK
`
	for _, c := range []struct {
		name, text, because string
		outcome             analysis.Outcome
		below               bool // it is told what the client's read says
	}{
		{"it passes an error on", reset + `
client  http-request ...
client  read 16 = ECONNRESET
client  ... = ECONNRESET
`, "the client's read returned ECONNRESET, and the library passed it on", analysis.Explained, true},
		{"it has its own words", ended + `
client  http-read ...
client  read 16 = EOF
client  ... = UNEXPECTED_EOF
`, "the client's read returned EOF, and the library made an error of its own of it", analysis.Explained, true},
		{"it remembers", reset + `
client  read 16 = ECONNRESET
client  tls-read = ECONNRESET
`, "the client's read returned ECONNRESET before, and the library remembers it", analysis.Explained, true},
		{"it speaks of nothing that a socket said", ended + `
client  tls-read = EOF
`, "no call on a socket failed meanwhile: these are the library's own words", analysis.Explained, false},
		{"an earlier failure is not what it means", ended + `
client  read 16 = EOF
client  tls-handshake = OTHER
`, "no call on a socket failed meanwhile: these are the library's own words", analysis.Explained, false},
		{"nobody has seen the call that failed", reset + `
client  http-request = ECONNRESET
`, "no call that was seen on a socket gave this error to the library", analysis.Inconclusive, false},
		{"the other side's error is not its own", reset + `
client  read 16 = ECONNRESET
server  http-write = ECONNRESET
`, "no call that was seen on a socket gave this error to the library", analysis.Inconclusive, false},
		{"it may speak of either", twice + `
client  http-request ...
client  read 16 = EOF
client.2  read 16 = EOF
client  ... = OTHER
`, "calls on several sockets failed meanwhile: which of them the library speaks of can not be told", analysis.Inconclusive, false},
		{"it tried twice, and passes the last error on", twice + `
client  http-request ...
client.2  read 16 = EOF
client  read 16 = EOF
client  ... = EOF
`, "the client's read returned EOF, and the library passed it on", analysis.Explained, true},
		{"two calls, and either may be told either error", twice + `
client  http-request ...
client.2  http-request ...
client.2  read 16 = EOF
client  read 16 = EOF
client.2  ... = EOF
client  ... = EOF
`, "calls on several sockets failed meanwhile: which of them the library speaks of can not be told", analysis.Inconclusive, false},
		{"the call beneath contradicts the model", ended + `
client  http-request ...
client  read 16 = ECONNRESET
client  ... = ECONNRESET
`, "the client's read returned ECONNRESET, and the library passed it on", analysis.Unexplained, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr, err := trace.Parse(c.text)
			if err != nil {
				t.Fatal(err)
			}
			x := analysis.Explain(tr.Evidence)
			said, read := analysis.Verdict{}, 0
			for _, ev := range tr.Evidence.Events {
				for _, v := range x.Verdicts {
					switch {
					case v.Event == ev.ID && ev.Op.Library():
						said = v
					case v.Event == ev.ID && ev.Role == "client":
						read = ev.ID
					}
				}
			}
			if said.Outcome != c.outcome || said.Because != c.because {
				t.Errorf("%v: %q", said.Outcome, said.Because)
			}
			if got := said.Cause == (analysis.Link{Event: read}) && read != 0; got != c.below {
				t.Errorf("its cause is %+v, the read is %d", said.Cause, read)
			}
			if n := len(said.Chain); n == 0 || said.Chain[n-1].Event != said.Event || c.below && said.Chain[n-2].Event != read {
				t.Errorf("its chain is %+v", said.Chain)
			}
		})
	}
}
