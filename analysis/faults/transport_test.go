package faults

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

// hangUp is a server that answers the first request of the first connection,
// reads the second, and ends the connection instead of answering, with an RST or
// a FIN. On further connections it answers all.
func hangUp(l net.Listener, reset bool) {
	for first := true; ; first = false {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			in := bufio.NewReader(conn)
			for n := 1; ; n++ {
				req, err := http.ReadRequest(in)
				if err != nil {
					return
				}
				io.Copy(io.Discard, req.Body)
				if first && n == 2 {
					if reset {
						conn.(*net.TCPConn).SetLinger(0)
					}
					return
				}
				io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			}
		}()
	}
}

// TestTransportRetries holds what the guides say of http.Transport: which
// requests it sends again by itself when a connection that had served before
// ends in place of an answer.
func TestTransportRetries(t *testing.T) {
	for _, c := range []struct {
		method, body, key string
		oneShot           bool // the body can be read only once: no GetBody
		again             bool
	}{
		{method: "GET", again: true},
		{method: "HEAD", again: true},
		{method: "OPTIONS", again: true},
		{method: "TRACE", again: true},
		{method: "PUT", body: "x"},
		{method: "DELETE"},
		{method: "POST", body: "x"},
		{method: "POST", body: "x", key: "k", again: true},
		{method: "POST", body: "x", key: "k", oneShot: true},
	} {
		for _, reset := range []bool{false, true} {
			err := second(t, reset, func(url string) *http.Request {
				var body io.Reader
				if c.body != "" {
					body = strings.NewReader(c.body)
				}
				if c.oneShot {
					body = io.MultiReader(body)
				}
				req, err := http.NewRequestWithContext(t.Context(), c.method, url, body)
				if err != nil {
					t.Fatal(err)
				}
				if c.key != "" {
					req.Header.Set("Idempotency-Key", c.key)
				}
				return req
			})
			if again := err == nil; again != c.again {
				t.Errorf("%s, key %q, one shot %v, reset %v: %v", c.method, c.key, c.oneShot, reset, err)
			}
			if err == nil {
				continue
			}
			if g, ok := Recognise(err.Error()); !ok || g.Fault != "EOF" && g.Fault != "ECONNRESET" {
				t.Errorf("Recognise(%q) = %s, %v", err, g.Fault, ok)
			}
		}
	}
}

// second makes two requests one after the other over one connection, and
// returns what the second one said.
func second(t *testing.T, reset bool, request func(url string) *http.Request) error {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Skipf("needs a loopback: %v", err)
	}
	defer l.Close()
	go hangUp(l, reset)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	url := "http://" + l.Addr().String() + "/"
	for i := range 2 {
		var res *http.Response
		if res, err = transport.RoundTrip(request(url)); err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
		} else if i == 0 {
			t.Fatal(err)
		}
	}
	return err
}

// TestUnexpectedEOFIsNoEOF holds what the guides say of the two.
func TestUnexpectedEOFIsNoEOF(t *testing.T) {
	_, err := io.ReadFull(strings.NewReader("ab"), make([]byte, 3))
	if err != io.ErrUnexpectedEOF || errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}
