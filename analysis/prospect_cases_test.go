package analysis_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

const opened = `client > server  SYN
server > client  SYN,ACK
client > server  ACK
`

// TestProspectCases holds what is foreseen of both sides where the recorded
// runs have no call to ask: who had sent the RST, and captures that lack parts.
func TestProspectCases(t *testing.T) {
	tests := []struct{ name, text, client, server string }{
		{"aborted by the server", opened + "client > server PSH,ACK len 5\nserver > client RST,ACK",
			"read ECONNRESET, write ECONNRESET", "read CLOSED, write CLOSED, read ECONNABORTED, write ECONNABORTED"},
		{"the same on macOS", "model darwin\n" + opened + "client > server PSH,ACK len 5\nserver > client RST,ACK",
			"read ECONNRESET, write EPIPE", "read CLOSED, write CLOSED"},
		{"data for what is gone", opened + "client > server PSH,ACK len 5\nserver > client RST seq 1",
			"read ECONNRESET, write ECONNRESET", "read CLOSED, write CLOSED"},
		{"data after a FIN, answered", opened + "server > client FIN,ACK\nclient > server ACK\nclient > server PSH,ACK len 5\nserver > client RST seq 2",
			"read EOF, write EPIPE", "read CLOSED, write CLOSED, read ECONNRESET, write ECONNRESET"},
		{"an RST, and its sender goes on", opened + "server > client RST seq 900000\nserver > client PSH,ACK seq 1 len 3\nclient > server ACK\nserver > client PSH,ACK len 3",
			"read BLOCKS, write ok", "read BLOCKS, read ETIMEDOUT later, write ok, write ETIMEDOUT later"},
		{"probes, then an abort", opened + "client > server PSH,ACK len 5\nserver > client ACK\nclient > server ACK seq 5 ack 1\nclient > server ACK seq 5 ack 1\nclient > server RST,ACK seq 6",
			"read CLOSED, write CLOSED, read ETIMEDOUT, write ETIMEDOUT", "read ECONNRESET, write ECONNRESET"},
		{"octets that the capture lacks", opened + "client > server ACK ack 500\nserver > client RST,ACK seq 500",
			"read ECONNRESET, write ECONNRESET", "read CLOSED, write CLOSED, read ECONNABORTED, write ECONNABORTED"},
		{"refused", "client > server SYN\nserver > client RST,ACK seq 0 ack 1", "dial ECONNREFUSED", ""},
		{"unanswered", "client > server SYN\nclient > server SYN seq 0", "dial BLOCKS, dial ETIMEDOUT later", "accept BLOCKS"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			runs, err := trace.Parse(tt.text)
			if err != nil {
				t.Fatal(err)
			}
			_, prospects := analysis.Foresee(runs.Evidence)
			if len(prospects) != 2 {
				t.Fatalf("%d prospects", len(prospects))
			}
			for i, want := range []string{tt.client, tt.server} {
				if got := said(prospects[i].Returns); got != want {
					t.Errorf("%s: %s\nwant %s", []string{"client", "server"}[i], got, want)
				}
			}
		})
	}
}

func said(list []analysis.Return) string {
	var parts []string
	for _, r := range list {
		fault := string(r.Fault)
		if fault == "" {
			fault = "ok"
		}
		if r.Timer != "" {
			fault += " later"
		}
		parts = append(parts, fmt.Sprintf("%s %s", r.Op, fault))
	}
	return strings.Join(parts, ", ")
}
