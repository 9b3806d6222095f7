package diagnosis

import "testing"

func TestRequestLine(t *testing.T) {
	const get = "GET /a?secret=1 HTTP/1.1\r\nHost: x\r\n\r\n"
	const put = "PUT /b HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
	tests := []struct {
		text           string
		octets         uint64
		method, target string
	}{
		{get, uint64(len(get)), "GET", "/a"},
		{put, uint64(len(put)), "PUT", "/b"},
		{get + put, uint64(len(get) + len(put)), "", ""}, // two, one behind the other
		{get[:20], 300, "", ""},                          // the line is cut
		{get[:30], uint64(len(get)), "GET", "/a"},        // the head is cut
		{"GET / HTTP/2.0\r\n", 16, "", ""},
		{"PING a b\r\n", 10, "", ""},
		{"\x16\x03\x01\x02", 517, "", ""},
		{"", 0, "", ""},
	}
	for _, tt := range tests {
		if method, target := requestLine([]byte(tt.text), tt.octets); method != tt.method || target != tt.target {
			t.Errorf("%q: %q %q, want %q %q", tt.text, method, target, tt.method, tt.target)
		}
	}
}

func TestAnswerHead(t *testing.T) {
	tests := []struct {
		text, method string
		want         head
	}{
		{"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", "GET", head{200, 40, 100, false}},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", "GET", head{200, 66, -1, true}},
		{"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", "POST", head{204, 52, 0, false}},
		{"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD", head{200, 38, 0, false}},
		{"HTTP/1.0 200 OK\r\n\r\n", "GET", head{200, 19, -1, false}},
		{"HTTP/1.1 200 OK\r\nContent-Le", "GET", head{200, 0, -1, false}},
		{"HTTP/1.1 2x0 OK\r\n\r\n", "GET", head{length: -1}},
		{"SSH-2.0-OpenSSH\r\n", "", head{length: -1}},
		{"HTTP/1.", "", head{length: -1}},
	}
	for _, tt := range tests {
		if got := answerHead([]byte(tt.text), tt.method); got != tt.want {
			t.Errorf("%q: %+v, want %+v", tt.text, got, tt.want)
		}
	}
}
