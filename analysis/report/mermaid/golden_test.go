package mermaid

import (
	"testing"

	"github.com/rstwatch/rstwatch/analysis/internal/golden"
	"github.com/rstwatch/rstwatch/analysis/trace/tracetest"
)

func TestGoldens(t *testing.T) {
	for name, text := range map[string]string{
		"abort": tracetest.Connect + tracetest.Abort,
		"rejected": tracetest.Connect + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 net > client ICMP 3/1 about server seq 1
0.000250..0.900000 client read 16 = EHOSTUNREACH`,
		"never-returns": tracetest.Connect + "0.000220 client read 16 ...\n0.000240..0.000260 server write 0",
		"empty":         "",
	} {
		golden.Compare(t, name+".mmd", written(t, tracetest.Run(t, text)))
	}
}
