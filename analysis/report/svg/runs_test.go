package svg

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/trace"
	"github.com/rstwatch/rstwatch/capture"
)

// explained is what the model makes of a text.
func explained(tb testing.TB, name, text string) *analysis.Run {
	tb.Helper()
	tr, err := trace.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return &analysis.Run{Number: 1, Scenario: name, Platform: analysis.Platform{OS: "linux"},
		Capture:  analysis.Capture{Stats: capture.Stats{Delivered: uint64(len(tr.Evidence.Segments))}},
		Evidence: tr.Evidence, Explanation: analysis.Explain(tr.Evidence)}
}

const opening = `
0.000010..0.000060 server listen
0.000110..0.000150 client dial
0.000120..0.000175 server accept
`

// texts are stories that the catalogue does not have.
var texts = map[string]string{
	"empty": "",
	"abort": opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 server > client ACK
0.000215..0.000218 server read 1 = 1
0.000220..0.000230 server close
0.000224 server > client RST,ACK
0.000250..0.000252 client read 16 = ECONNRESET
0.000255..0.000257 client write 1 = EPIPE`,
	"half-close": opening + `
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
0.000285..0.000287 client read 16 = EOF`,
	"rejected": opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 net > client ICMP 3/1 about server seq 1
0.200180 client > server PSH,ACK seq 1 len 2
0.200189 net > client ICMP 3/1 about server seq 1
0.000250..0.900000 client read 16 = EHOSTUNREACH
0.900010..0.900020 client read 16 = EOF`,
	"never-returns": opening + `
0.000220 client read 16 ...
0.000240..0.000260 server write 0
0.000300..0.000310 client set-linger -1`,
	"at-once": opening + `
0.000200 client read 16 ...
0.000201 client read 17 ...
0.000202 client read 18 ...
0.000203 client read 19 ...
0.000204 client read 20 ...
0.000205 client read 21 ...
0.000210..0.000230 server write 1
0.000214 server > client PSH,ACK len 1
0.000216 client > server ACK
0.000300..0.000310 server close
0.000304 server > client FIN,ACK
0.000308 client > server ACK`,
}

// catalogue are the recordings that the program carries.
func catalogue(tb testing.TB) []*analysis.Run {
	tb.Helper()
	runs, err := recorded.Runs()
	if err != nil {
		tb.Fatal(err)
	}
	return runs
}
