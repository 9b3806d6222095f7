package diagnosis

import (
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

// TestBlind: of what was not captured nothing is said.
func TestBlind(t *testing.T) {
	tests := []struct{ name, text, says string }{
		{"a RST and nothing before it", "server > client RST,ACK seq 5000 ack 7000", "what had been said before was not captured"},
		{"one direction only", "client > server SYN\nclient > server ACK seq 1 ack 1\nclient > server PSH,ACK len 50\nclient > server RST,ACK",
			"what the server had said was not captured"},
		{"the other direction only", "server > client SYN,ACK seq 0 ack 1\nserver > client ACK seq 1 ack 51\nserver > client RST,ACK seq 1 ack 51",
			"what the client had said was not captured"},
		{"one direction, after a pause", "server > client SYN,ACK seq 0 ack 1\nserver > client PSH,ACK seq 1 ack 51 len 9\n60.0 server > client RST,ACK seq 10 ack 101",
			"what the client had said was not captured"},
	}
	for _, tt := range tests {
		if d := of(t, tt.text, nil); !strings.HasSuffix(d.Situation.Says, tt.says) || !strings.HasSuffix(d.Situation.Name, "'s abort") || d.Resets[0].Fate == Believed {
			t.Errorf("%s: %s, %s, %s", tt.name, d.Situation.Name, d.Situation.Says, d.Resets[0].Fate)
		}
	}
}

// TestDoubt: what may not be the sender's own is not told as its doing, nor what
// came long after as an answer.
func TestDoubt(t *testing.T) {
	const volley = opened + "client > server PSH,ACK len 50\n0.1 server > client RST,ACK seq 1 ack 51\n0.1001 server > client RST,ACK seq 1461 ack 51\n" +
		"0.1002 server > client RST,ACK seq 4381 ack 51"
	d := of(t, volley, func(list []capture.Segment) {
		for i := range list {
			if list[i].Flags.Has(capture.RST) {
				list[i].TTL = 50
			} else {
				list[i].TTL = 57
			}
		}
	})
	if d.Forged != Suspect || !strings.Contains(d.Situation.Says, "if that RST is its own") || !strings.Contains(d.Situation.Causes[0], "between") {
		t.Errorf("%q %s %q", d.Forged, d.Situation.Says, d.Situation.Causes)
	}
	if d := of(t, served+"3.5 client > server RST seq 51", nil); !strings.Contains(d.Situation.Says, "no segment that was captured provoked it") {
		t.Error(d.Situation.Says)
	}
}

// TestKilledAfterFIN: the FIN that came hides from a read that the socket was
// destroyed, a write is told.
func TestKilledAfterFIN(t *testing.T) {
	const want = "otherwise read → EOF, write → ECONNABORTED if an administrator ended it (ss -K)"
	if d := of(t, opened+"client > server FIN,ACK\nserver > client RST,ACK", nil); !strings.HasSuffix(d.Outlooks[Server].Says, want) {
		t.Error(d.Outlooks[Server].Says)
	}
}
