package rstwatchtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

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
