package upload

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/rstwatchtest"
)

// helper makes this binary a client: its value is the address.
const helper = "UPLOAD_HELPER"

// TestMain does what it is to do before Main in every process, and this in its
// own.
func TestMain(m *testing.M) { os.Exit(rstwatchtest.Main(m)) }

func listen(t testing.TB, rec *rstwatchtest.Recorder, address string) string {
	t.Helper()
	l, err := rec.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		Serve(l)
	}()
	t.Cleanup(func() {
		l.Close()
		<-served
	})
	return l.Addr().String()
}

// TestPut fails, for the server has a fault.
func TestPut(t *testing.T) {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			rec := rstwatchtest.Record(t)
			answer, err := Ask(t.Context(), rec.DialContext, listen(t, rec, address), "PUT "+strings.Repeat("x", 1000))
			if err != nil || answer != "ok" {
				t.Errorf("PUT was answered with %q, %v", answer, err)
			}
		})
	}
}

func TestHello(t *testing.T) {
	rec := rstwatchtest.Record(t)
	answer, err := Ask(t.Context(), rec.DialContext, listen(t, rec, "127.0.0.1:0"), "HELLO")
	if err != nil || answer != "ok" {
		t.Errorf("HELLO was answered with %q, %v", answer, err)
	}
}

// TestFault passes: it knows of the fault, and demands that nothing else is the
// matter.
func TestFault(t *testing.T) {
	rec := rstwatchtest.Record(t)
	if missing := rec.Missing(); missing != "" {
		t.Skip(missing)
	}
	_, err := Ask(t.Context(), rec.DialContext, listen(t, rec, "127.0.0.1:0"), "PUT xy")
	if why := rec.Explain(err); why.Reason() != analysis.AbortOnClose {
		t.Errorf("%v is not for what the server left unread, but: %v", err, why)
	}
}

// TestShown passes, and asks for its ladder.
func TestShown(t *testing.T) {
	rec := rstwatchtest.Record(t)
	if _, err := Ask(t.Context(), rec.DialContext, listen(t, rec, "127.0.0.1:0"), "HELLO"); err != nil {
		t.Error(err)
	}
	rec.Show()
}

// TestHTTP fails without an error of a connection.
func TestHTTP(t *testing.T) {
	rec := rstwatchtest.Record(t)
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Listener = rec.Listener(server.Listener)
	server.Start()
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{DialContext: rec.DialContext}}
	t.Cleanup(client.CloseIdleConnections)
	answer, err := client.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Errorf("the answer is %s", answer.Status)
	}
}

// TestHelper: a process that a test starts from its own binary is in its network.
func TestHelper(t *testing.T) {
	if address := os.Getenv(helper); address != "" {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		return
	}
	rec := rstwatchtest.Record(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelper$")
	cmd.Env = append(cmd.Environ(), helper+"="+listen(t, rec, "127.0.0.1:0"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func FuzzAsk(f *testing.F) {
	f.Add("HELLO")
	f.Fuzz(func(t *testing.T, request string) {
		if len(request) < len("HELLO") {
			t.Skip("both sides would wait for more")
		}
		rec := rstwatchtest.Record(t)
		answer, err := Ask(t.Context(), rec.DialContext, listen(t, rec, "127.0.0.1:0"), request)
		if err == nil && answer == "ok" != strings.HasPrefix(request, "HELLO") {
			t.Errorf("%q was answered with %q", request, answer)
		}
	})
}
