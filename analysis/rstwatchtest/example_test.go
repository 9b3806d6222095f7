package rstwatchtest_test

import (
	"fmt"
	"io"

	"github.com/rstwatch/rstwatch/analysis/rstwatchtest"
)

// A server that answers a request of six octets without having read it to its end:
// the error of the client is asked for its cause. TestMain has called
// [rstwatchtest.Main], so that this needs no privilege.
func ExampleRecord() {
	t := new(test) // in a test it is the *testing.T
	defer t.end()

	rec := rstwatchtest.Record(t)
	listener, err := rec.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		io.ReadFull(conn, make([]byte, 2))
		conn.Close()
	}()

	conn, err := rec.Dial("tcp", listener.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()
	fmt.Fprint(conn, "abcdef")
	_, err = conn.Read(make([]byte, 1))
	fmt.Println(rec.Explain(err))
	// Output:
	// client read ✗ ECONNRESET: the server closed with 4 of 6 bytes unread, so its kernel aborted the connection (TCP_ABORT_ON_CLOSE)
}

// test stands for a test that passes.
type test struct{ cleanups []func() }

func (t *test) Helper()                 {}
func (t *test) Name() string            { return "Example" }
func (t *test) Log(args ...any)         { fmt.Println(args...) }
func (t *test) Logf(f string, a ...any) { fmt.Printf(f+"\n", a...) }
func (t *test) Failed() bool            { return false }
func (t *test) Cleanup(do func())       { t.cleanups = append(t.cleanups, do) }

func (t *test) end() {
	for i := len(t.cleanups) - 1; i >= 0; i-- {
		t.cleanups[i]()
	}
}
