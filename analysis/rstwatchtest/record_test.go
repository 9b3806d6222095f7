package rstwatchtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
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

// TestTold: a test that fails tells of the connections on which a call failed; one
// that passes tells nothing.
func TestTold(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		for _, failed := range []bool{true, false} {
			rec, s := record(t)
			err := resetBy(t, rec, address)
			got := s.end(failed)
			for _, want := range []string{
				"TestWithin, connection 1 ", " ── #1 SYN ──", " read ✗ ECONNRESET ← #6", "\nclient read ✗ ECONNRESET  connection reset by peer\n",
				"reason   TCP_ABORT_ON_CLOSE, inferred from the calls of both sides", addresses(err),
			} {
				if strings.Contains(got, want) != failed {
					t.Errorf("%s, failed %v: %q in the log is not as it should be:\n%s", address, failed, want, got)
				}
			}
			if !failed && got != "" || strings.Contains(got, "CLOSED") {
				t.Errorf("the log has what concerns nobody:\n%s", got)
			}
		}
	}
}

// addresses are those of a read's error, as the log writes them.
func addresses(err error) string {
	op := err.(*net.OpError)
	return op.Source.String() + " → " + op.Addr.String()
}

// TestFailures: each is tied to its call, with its reason and its segment.
func TestFailures(t *testing.T) {
	rec, _ := record(t)
	err := resetBy(t, rec, "127.0.0.1:0")
	all := rec.Failures()
	if len(all) != 1 {
		t.Fatalf("%d failures: %v", len(all), all)
	}
	f := all[0]
	if f.Call.Op != scenario.OpRead || f.Call.Role != scenario.Client || f.Reason() != analysis.AbortOnClose {
		t.Errorf("%v", f)
	}
	if s := f.Segment(); s == nil || !s.Flags.Has(capture.RST) || s.Dst != f.Call.Local {
		t.Errorf("its segment is %+v", s)
	}
	const want = "client read ✗ ECONNRESET: the server closed with 1 of 2 bytes unread, so its kernel aborted the connection (TCP_ABORT_ON_CLOSE)"
	for _, err := range []error{err, fmt.Errorf("upload: %w", err)} {
		if got := rec.Explain(err); got.String() != want {
			t.Errorf("%v is explained by: %v", err, got)
		}
	}
}

// TestExplainNothing: of what can not be told, nothing is.
func TestExplainNothing(t *testing.T) {
	rec, _ := record(t)
	first := resetBy(t, rec, "127.0.0.1:0")
	resetBy(t, rec, "127.0.0.1:0")
	for _, err := range []error{nil, io.EOF, errors.New("other"), syscall.ECONNRESET, &net.OpError{Op: "write", Err: syscall.ECONNRESET}} {
		if f := rec.Explain(err); f != nil || f.Reason() != "" || f.Segment() != nil || f.String() == "" {
			t.Errorf("%v is explained: %v", err, f)
		}
	}
	if f := rec.Explain(first); f == nil || f.Run.Number != 1 {
		t.Errorf("the first of two: %v", f)
	}
}

// TestRefused: a port that nobody listens on is captured before the SYN.
func TestRefused(t *testing.T) {
	rec, _ := record(t)
	ports, err := scenario.Reserve([]scenario.Family{scenario.IPv4}, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer ports.Close()
	settings := net.Dialer{Timeout: time.Minute}
	called := false
	settings.Control = func(string, string, syscall.RawConn) error { called = true; return nil }
	_, err = rec.DialWith(t.Context(), settings, "tcp", fmt.Sprintf("localhost:%d", ports.Numbers()[0]))
	if f := rec.Explain(err); f.Reason() != analysis.NoSocket || f.Call.Op != scenario.OpDial || len(f.Run.Evidence.Segments) != 2 {
		t.Errorf("%v: %v", err, f)
	}
	if !called {
		t.Error("the dialer's own Control was not called")
	}
}

// TestParallel: recorders side by side see their own connections only.
func TestParallel(t *testing.T) {
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rec, s := record(t)
			for range i {
				resetBy(t, rec, []string{"127.0.0.1:0", "[::1]:0"}[i%2])
			}
			for _, run := range rec.Runs() {
				if len(run.Evidence.Segments) != 6 || run.Result() != analysis.Explained.String() {
					t.Errorf("%s with %d segments", run.Result(), len(run.Evidence.Segments))
				}
			}
			if n := len(rec.Failures()); n != i {
				t.Errorf("%d failures", n)
			}
			if got := strings.Count(s.end(true), "\nclient read ✗ ECONNRESET  "); got != i {
				t.Errorf("%d of %d are told", got, i)
			}
		})
	}
}

// TestMany: of many connections a few are drawn and some are listed.
func TestMany(t *testing.T) {
	rec, s := record(t)
	l, err := rec.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	const many = mostDrawn + mostListed + 3
	for range many {
		reset(t, rec, l)
	}
	l.Close()
	got := s.end(true)
	for text, want := range map[string]int{"reason   TCP_ABORT_ON_CLOSE": mostDrawn, "\nconnection ": mostListed,
		": client read ✗ ECONNRESET\n": mostListed, "\nand 3 connections more\n": 1} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%d times %q, not %d", n, text, want)
		}
	}
}

// TestUnderWay: a call that has not returned is one that waits; what comes of it is
// told when it is asked for again.
func TestUnderWay(t *testing.T) {
	rec, _ := record(t)
	l, err := rec.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := rec.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	result := make(chan error)
	go func() {
		_, err := client.Read(make([]byte, 1))
		result <- err
	}()
	for len(rec.Runs()[0].Evidence.Events) < 4 { // listen, dial, accept, read
	}
	if runs := rec.Runs(); len(runs) != 1 || runs[0].Result() != analysis.Explained.String() || len(rec.Failures()) != 0 {
		t.Errorf("under way: %+v", runs)
	}
	server.(*scenario.Conn).SetLinger(0)
	server.Close()
	if f := rec.Explain(<-result); f.Reason() != analysis.TCPState {
		t.Errorf("%v", f)
	}
}

// TestAfterwards: once the test is over connections are made as before, and nothing
// is open that was not before.
func TestAfterwards(t *testing.T) {
	before := openFiles(t)
	rec, s := record(t)
	resetBy(t, rec, "127.0.0.1:0")
	s.end(false)
	if left := openFiles(t); left != before {
		t.Errorf("%d files are open, and were %d before", left, before)
	}
	resetBy(t, rec, "127.0.0.1:0")
	if rec.Failures() != nil || rec.Runs() != nil || s.end(true) != "" {
		t.Errorf("afterwards: %v, %q", rec.Failures(), s.logged.String())
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/dev/fd")
	if err != nil {
		t.Skip("needs /dev/fd: ", err)
	}
	return len(list)
}

// TestOtherNetworks: what is no TCP is passed through.
func TestOtherNetworks(t *testing.T) {
	rec, s := record(t)
	l, err := rec.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := rec.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if got := s.end(true); got != "" {
		t.Errorf("told: %s", got)
	}
	if _, err := rec.Listen("tcp", "127.0.0.1:no such port"); err == nil {
		t.Error("listens nowhere")
	}
}
