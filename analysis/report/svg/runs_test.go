package svg

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recorded"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
)

// explained is what the model makes of a text.
func explained(tb testing.TB, name, text string) *analysis.Run {
	tb.Helper()
	r := tracetest.Run(tb, text)
	r.Scenario, r.Platform.OS = name, "linux"
	r.Capture.Stats.Delivered = uint64(len(r.Evidence.Segments))
	return r
}

// texts are stories that the catalogue does not have.
var texts = map[string]string{
	"empty":      "",
	"abort":      tracetest.Opening + tracetest.Abort + "0.000255..0.000257 client write 1 = EPIPE",
	"half-close": tracetest.Opening + tracetest.HalfClose,
	"rejected": tracetest.Opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 net > client ICMP 3/1 about server seq 1
0.200180 client > server PSH,ACK seq 1 len 2
0.200189 net > client ICMP 3/1 about server seq 1
0.000250..0.900000 client read 16 = EHOSTUNREACH
0.900010..0.900020 client read 16 = EOF`,
	"never-returns": tracetest.Opening + `
0.000220 client read 16 ...
0.000240..0.000260 server write 0
0.000300..0.000310 client set-linger -1`,
	"at-once": tracetest.Opening + `
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
