package rstwatchtest

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// spy is a test within the test: it keeps what is logged, and ends when it is told.
type spy struct {
	*testing.T
	name   string
	failed bool

	mu       sync.Mutex
	logged   strings.Builder
	cleanups []func()
}

func (s *spy) Name() string      { return s.name }
func (s *spy) Failed() bool      { return s.failed }
func (s *spy) Cleanup(do func()) { s.cleanups = append(s.cleanups, do) }
func (s *spy) Log(args ...any)   { s.Logf("%s", fmt.Sprintln(args...)) }
func (s *spy) Logf(f string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintf(&s.logged, f+"\n", args...)
}

// end ends the test within, and returns what it has logged.
func (s *spy) end(failed bool) string {
	s.failed = failed
	for i := len(s.cleanups) - 1; i >= 0; i-- {
		s.cleanups[i]()
	}
	s.cleanups = nil
	return s.logged.String()
}

// record begins a test within the test, which needs to capture.
func record(t *testing.T) (*Recorder, *spy) {
	t.Helper()
	s := &spy{T: t, name: "TestWithin"}
	rec := Record(s)
	if missing := rec.Missing(); missing != "" {
		t.Skip("needs to capture: ", missing)
	}
	t.Cleanup(func() { s.end(false) })
	return rec, s
}

// resetBy lets a server on address close with an octet unread, and returns the error
// of the client's read.
func resetBy(t *testing.T, rec *Recorder, address string) error {
	t.Helper()
	l, err := rec.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return reset(t, rec, l)
}

func reset(t *testing.T, rec *Recorder, l net.Listener) error {
	t.Helper()
	client, err := rec.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write([]byte("ab")); err != nil {
		t.Fatal(err)
	}
	if _, err := server.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = client.Read(make([]byte, 1))
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Fatalf("the read returned %v", err)
	}
	return err
}
