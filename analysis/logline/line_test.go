package logline

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// show writes what was read of a line in one: the error, then for each pair of
// ends the call, "local>remote", and what is of either.
func show(l Line) string {
	parts := []string{string(l.Fault)}
	for _, e := range l.Ends {
		s := fmt.Sprintf("%s %s>%s", e.Op, name(e.Local), name(e.Remote))
		for _, a := range e.Either {
			s += " " + name(a) + "?"
		}
		parts = append(parts, strings.TrimSpace(s))
	}
	return strings.Join(parts, " | ")
}

func name(a netip.AddrPort) string {
	switch {
	case a == netip.AddrPort{}:
		return "-"
	case !a.Addr().IsValid():
		return fmt.Sprintf(":%d", a.Port())
	case a.Port() == 0:
		return a.Addr().String()
	}
	return a.String()
}

// TestParse: the error, the call and the ends, in the lines in which people meet
// them.
func TestParse(t *testing.T) {
	for line, want := range map[string]string{
		// Go.
		"read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection reset by peer":                                              "ECONNRESET | read 10.0.3.7:51234>10.0.9.2:443",
		"write tcp 10.0.3.7:51234->10.0.9.2:443: write: broken pipe":                                                         "EPIPE | write 10.0.3.7:51234>10.0.9.2:443",
		"dial tcp 10.0.9.2:443: connect: connection refused":                                                                 "ECONNREFUSED | dial ->10.0.9.2:443",
		"dial tcp 10.0.3.7:0->10.0.9.2:443: connect: connection timed out":                                                   "ETIMEDOUT | dial 10.0.3.7>10.0.9.2:443",
		"dial tcp db.example.org:5432: connect: connection refused":                                                          "ECONNREFUSED | dial ->:5432",
		`Post "https://api.example.org/v1": read tcp [2001:db8::7]:51234->[2001:db8::2]:443: read: connection reset by peer`: "ECONNRESET | read [2001:db8::7]:51234>[2001:db8::2]:443",
		`Get "http://h/": read tcp [fe80::1%eth0]:5->[fe80::2%eth0]:80: i/o timeout`:                                         "DEADLINE | read [fe80::1]:5>[fe80::2]:80",
		"read tcp [::ffff:10.0.3.7]:51234->[::ffff:10.0.9.2]:443: EOF":                                                       "EOF | read 10.0.3.7:51234>10.0.9.2:443",
		`Post "http://h": readfrom tcp 1.2.3.4:5->6.7.8.9:10: write tcp 1.2.3.4:5->6.7.8.9:10: write: broken pipe`:           "EPIPE | write 1.2.3.4:5>6.7.8.9:10",
		"writeto tcp 10.0.0.1:80->10.0.0.2:5001: readfrom tcp 10.0.0.1:6001->10.0.0.3:90: splice: connection reset by peer":  "ECONNRESET | read 10.0.0.1:80>10.0.0.2:5001 | write 10.0.0.1:6001>10.0.0.3:90",
		`Get "http://10.0.9.2:8080/x": EOF`:                                                                                  "EOF | read ->10.0.9.2:8080",
		`Get "https://api.example.org/x": EOF`:                                                                               "EOF | read ->:443",
		"http: TLS handshake error from 10.0.0.1:5055: EOF":                                                                  "EOF | read ->10.0.0.1:5055",
		// Others.
		"ConnectionResetError: [Errno 104] Connection reset by peer":                                "ECONNRESET",
		"ConnectionRefusedError: [Errno 111] Connect call failed ('10.0.9.2', 443)":                 "ECONNREFUSED | dial ->10.0.9.2:443",
		"java.net.SocketException: Connection reset":                                                "ECONNRESET",
		"java.net.ConnectException: Connection refused: /10.0.9.2:8080":                             "ECONNREFUSED | dial ->10.0.9.2:8080",
		"[id: 0x1f2e, L:/10.0.3.7:51234 - R:api.example.org/10.0.9.2:443] Connection reset by peer": "ECONNRESET | 10.0.3.7:51234>10.0.9.2:443",
		"Error: read ECONNRESET 10.0.9.2:443":                                                       "ECONNRESET | read ->10.0.9.2:443",
		"Error: connect ECONNREFUSED 127.0.0.1:8080":                                                "ECONNREFUSED | dial ->127.0.0.1:8080",
		"Error: connect ECONNREFUSED ::1:6379":                                                      "ECONNREFUSED | dial ->[::1]:6379",
		"connect ETIMEDOUT 2001:db8::2:443 - Local (2001:db8::7:51234)":                             "ETIMEDOUT | dial [2001:db8::7]:51234>[2001:db8::2]:443",
		"Error: read ECONNRESET ::ffff:10.0.9.2:443":                                                "ECONNRESET | read ->10.0.9.2:443",
		"Error: socket hang up { code: 'ECONNRESET' }":                                              "EOF",
		`2026/11/20 10:00:00 [error] 31#31: *7 recv() failed (104: Connection reset by peer) while reading response header from upstream, client: 10.0.0.7, server: _, request: "GET / HTTP/1.1", upstream: "http://10.0.9.2:8080/", host: "h"`: "ECONNRESET | read ->10.0.9.2:8080",
		`upstream timed out (110: Connection timed out) while connecting to upstream, client: 10.0.0.7, upstream: "http://[2001:db8::2]:8080/"`:                                                                                                 "DEADLINE | dial ->[2001:db8::2]:8080",
		`connect(3, {sa_family=AF_INET, sin_port=htons(443), sin_addr=inet_addr("10.0.9.2")}, 16) = -1 ECONNREFUSED (Connection refused)`:                                                                                                       "ECONNREFUSED | dial ->10.0.9.2:443",
		"curl: (7) Failed to connect to 10.0.9.2 port 443 after 3 ms: Connection refused":                                                                                                                                                       "ECONNREFUSED | dial ->10.0.9.2:443",
		"kernel: reset 10.0.3.7:51234 -> 10.0.9.2:443 broken pipe":                                                                                                                                                                              "EPIPE | write 10.0.3.7:51234>10.0.9.2:443",
		"\x1b[31mbroken pipe\x1b[0m":                "EPIPE",
		"client local port 51234 died: broken pipe": "EPIPE | write :51234>-",
	} {
		l, ok := Parse(line)
		if got := show(l); !ok || got != want {
			t.Errorf("Parse(%q):\n got %s, %v\nwant %s", line, got, ok, want)
		}
	}
	for _, line := range []string{"", "all is well", "build 1.2.3 took 10:00:00", "std::vector<int> at main.cc:123"} {
		if l, ok := Parse(line); ok {
			t.Errorf("Parse(%q) = %s", line, show(l))
		}
	}
}
