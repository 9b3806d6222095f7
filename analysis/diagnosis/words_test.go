package diagnosis

import (
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture"
)

const (
	post     = "POST /pay HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello" // 45 octets with the body
	answered = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"       // 40
)

// record is a record of TLS of this type, with so many octets in all.
func record(kind byte, octets int) string {
	n := octets - 5
	return string([]byte{kind, 3, 3, byte(n >> 8), byte(n)}) + strings.Repeat("x", n)
}

// TestWords: what was said, where it was captured, decides what the last request is
// and whether it may be sent again.
func TestWords(t *testing.T) {
	const greeting = opened + "client > server PSH,ACK len 100\nserver > client PSH,ACK len 900\nclient > server PSH,ACK len 300\n"
	hello := map[int]string{4: record(22, 100), 5: record(22, 900), 6: record(20, 300)}
	tests := []struct {
		name, text string
		said       map[int]string // by frame
		situation  string
		retry      Safety
	}{
		{"the SYN,ACK is not captured, the request was acknowledged",
			"client > server SYN\nclient > server ACK seq 1 ack 1\nclient > server PSH,ACK len 45\nserver > client ACK seq 1 ack 46\nserver > client RST,ACK",
			map[int]string{3: post}, "reset instead of an answer", NotSafe},
		{"all but the SYN and the abort is missing", "client > server SYN\nserver > client RST,ACK seq 1 ack 46", nil, "a RST that was not believed", NotSafe},
		{"the head was taken, the body not",
			opened + "client > server PSH,ACK len 72\nserver > client PSH,ACK len 25\nclient > server PSH,ACK len 5\nserver > client RST seq 26",
			map[int]string{4: "POST /pay HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", 5: "HTTP/1.1 100 Continue\r\n\r\n", 6: "hello"},
			"connection unknown to the peer", NotSafe},
		{"the next request, at once", opened + "client > server PSH,ACK len 45\nserver > client PSH,ACK len 40\nclient > server PSH,ACK len 45\nserver > client RST seq 41",
			map[int]string{4: post, 5: answered, 6: post}, "connection unknown to the peer", Safe},
		{"the rest of an upload comes after the abort",
			opened + "client > server ACK len 1400\nserver > client PSH,ACK len 40\nserver > client RST,ACK\nclient > server ACK seq 1401 ack 41 len 1400",
			map[int]string{4: strings.Replace(post, " 5", " 5000", 1) + strings.Repeat("x", 1352), 5: answered}, "abort after the answer", NotNeeded},
		{"two requests, one answer", opened + "client > server PSH,ACK len 90\nserver > client PSH,ACK len 40\nserver > client RST,ACK",
			map[int]string{4: post + post, 5: answered}, "abort in or after the answer", NotSafe},
		{"TLS says goodbye, and the next request crosses it",
			greeting + "server > client PSH,ACK len 500\nclient > server ACK\n70.0 client > server PSH,ACK len 300\n70.001 server > client PSH,ACK ack 401 len 24\n" +
				"70.002 server > client FIN,ACK ack 401\n70.02 server > client RST seq 1401\n70.021 client > server ACK\n70.04 server > client RST seq 1426",
			map[int]string{4: hello[4], 5: hello[5], 6: hello[6], 7: record(23, 500), 9: record(23, 300), 10: record(23, 24)}, "keep-alive race", Safe},
		{"the same, and no octet of it was captured",
			greeting + "server > client PSH,ACK len 500\nclient > server ACK\n70.0 client > server PSH,ACK len 300\n70.001 server > client PSH,ACK ack 401 len 24\n" +
				"70.002 server > client FIN,ACK ack 401\n70.02 server > client RST seq 1401\n70.021 client > server ACK\n70.04 server > client RST seq 1426",
			nil, "keep-alive race", Safe},
		{"TLS says goodbye, and the client does not look",
			greeting + "server > client PSH,ACK len 500\nclient > server ACK\n70.0 server > client PSH,ACK len 24\n70.001 server > client FIN,ACK\n" +
				"70.02 client > server ACK\n72.0 client > server PSH,ACK len 300\n72.01 server > client RST seq 1426",
			map[int]string{4: hello[4], 5: hello[5], 6: hello[6], 7: record(23, 500), 9: record(23, 24), 12: record(23, 300)}, "keep-alive race", Safe},
	}
	for _, tt := range tests {
		d := of(t, tt.text, func(list []capture.Segment) {
			for i := range list {
				list[i].Frame = carrying(tt.said[list[i].ID])
			}
		})
		if d.Situation.Name != tt.situation || d.Retry.Safety != tt.retry {
			t.Errorf("%s: %s (%s), retry %s (%s); want %s, %s", tt.name, d.Situation.Name, d.Situation.Says, d.Retry.Safety, d.Retry.Why,
				tt.situation, tt.retry)
		}
	}
}

// TestBeginsRequest: the begin of a head that a short snap length left.
func TestBeginsRequest(t *testing.T) {
	for text, want := range map[string]bool{post: true, post[:12]: true, "GET http://a/": true, "GET": false, "POST hello": false, "hello": false, "": false} {
		if got := beginsRequest([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// carrying is an IPv4 datagram with a TCP segment that carries a text.
func carrying(text string) capture.Frame {
	f := frameOf(1)
	f.Data[2], f.Data[3] = byte((40+len(text))>>8), byte(40+len(text))
	f.Data = append(f.Data, text...)
	f.Wire = len(f.Data)
	return f
}
