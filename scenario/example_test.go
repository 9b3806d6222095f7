package scenario_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"

	"github.com/rstwatch/rstwatch/scenario"
)

// A program's own listener and connections are wrapped, and used as before.
func Example() {
	rec := scenario.NewRecorder()

	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	listener := rec.Listener(scenario.Server, inner)
	defer listener.Close()

	client, err := rec.Dialer(scenario.Client).Dial("tcp", listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	server, err := listener.Accept()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Fprint(client, "hello")
	client.Close()
	io.ReadAll(server)
	server.Close()

	for _, e := range rec.Events() {
		fmt.Printf("socket %d: %s %s, %d octets, fault %q\n", e.Conn, e.Role, e.Op, e.N, e.Fault)
	}
	// Output:
	// socket 2: client dial, 0 octets, fault ""
	// socket 3: server accept, 0 octets, fault ""
	// socket 2: client write, 5 octets, fault ""
	// socket 2: client close, 0 octets, fault ""
	// socket 3: server read, 5 octets, fault ""
	// socket 3: server read, 0 octets, fault "EOF"
	// socket 3: server close, 0 octets, fault ""
}

// A server and a client of net/http, whose listener and dialer are wrapped, are
// recorded down to each call on their sockets. A connection that exists already
// is wrapped with [scenario.Recorder.Conn].
func ExampleRecorder() {
	rec := scenario.NewRecorder()

	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	server := &http.Server{Handler: http.NotFoundHandler()}
	served := make(chan struct{})
	go func() {
		defer close(served)
		server.Serve(rec.Listener(scenario.Server, inner))
	}()

	client := &http.Client{Transport: &http.Transport{DialContext: rec.Dialer(scenario.Client).DialContext}}
	answer, err := client.Get("http://" + inner.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	answer.Body.Close()
	client.CloseIdleConnections()
	server.Close()
	<-served

	for _, e := range rec.Events() {
		if e.Op == scenario.OpWrite {
			fmt.Printf("%s %s to %s, fault %q\n", e.Role, e.Op, e.Remote.Addr(), e.Fault)
		}
	}
	// Output:
	// client write to 127.0.0.1, fault ""
	// server write to 127.0.0.1, fault ""
}

// A story is a few calls on a stage. This one ends a connection by an abort.
func ExamplePerform() {
	abort := &scenario.Scenario{
		Name: "abort",
		Play: func(s *scenario.Stage) {
			client, server := s.Connect()
			server.SetLinger(0)
			server.Close()
			client.AwaitHangup()
			client.Read(16)
		},
		Expect: map[string][]scenario.Result{
			"linux": {{Role: scenario.Client, Op: scenario.OpRead, Fault: scenario.ECONNRESET}},
		},
	}
	events, err := scenario.Perform(context.Background(), abort, scenario.StageOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range events {
		fmt.Printf("%s %s, fault %q\n", e.Role, e.Op, e.Fault)
	}
	fmt.Printf("%q\n", abort.Differs("linux", events))
	// Output:
	// server listen, fault ""
	// client dial, fault ""
	// server accept, fault ""
	// server set-linger, fault ""
	// server close, fault ""
	// client poll, fault ""
	// client read, fault "ECONNRESET"
	// server close, fault ""
	// client close, fault ""
	// ""
}
