package rstwatchtest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

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

// TestParallel: recorders side by side see their own connections only.
func TestParallel(t *testing.T) {
	for i := range 6 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			rec, s := record(t)
			for range i {
				resetBy(t, rec, []string{"127.0.0.1:0", "[::1]:0"}[i%2])
			}
			segments := 0 // two connections may have had the same ports, and are one run then
			for _, run := range rec.Runs() {
				segments += len(run.Evidence.Segments)
				if run.Result() != analysis.Explained.String() {
					t.Error(run.Result())
				}
			}
			if segments != 6*i {
				t.Errorf("%d segments", segments)
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
	for range mostDrawn + mostListed + 9 {
		reset(t, rec, l)
	}
	l.Close()
	more := len(rec.Runs()) - mostDrawn - mostListed // where ports were used again two connections are one run
	got := s.end(true)
	for text, want := range map[string]int{"TestWithin, connection ": mostDrawn, "\nconnection ": mostListed,
		": client read ✗ ECONNRESET": mostListed, fmt.Sprintf("\nand %d connections more\n", more): 1} {
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
	for len(rec.calls.Events()) < 4 { // listen, dial, accept, read
		runtime.Gosched()
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
