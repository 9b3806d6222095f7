package rstwatchtest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// TestHTTP: a server and a client of net/http. Those cut reads short by deadlines in
// the past, and close what they read from; no failure is made of that.
func TestHTTP(t *testing.T) {
	rec, _ := record(t)
	mux := http.NewServeMux()
	mux.HandleFunc("/fine", func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("fine")) })
	mux.HandleFunc("/reset", func(w http.ResponseWriter, r *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.(*scenario.Conn).SetLinger(0)
		conn.Close()
	})
	server := httptest.NewUnstartedServer(mux)
	server.Listener = rec.Listener(server.Listener)
	server.Start()
	defer server.Close()
	transport := &http.Transport{DialContext: rec.DialContext}
	client := &http.Client{Transport: transport}
	for range 3 {
		answer, err := client.Get(server.URL + "/fine")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
	}
	transport.CloseIdleConnections()
	if all := rec.Failures(); len(all) > 0 {
		t.Errorf("nothing failed, but for %v", all)
	}
	_, err := client.Post(server.URL+"/reset", "text/plain", http.NoBody)
	if f := rec.Explain(err); f.Reason() != analysis.TCPState || f.Call.Role != scenario.Client {
		t.Errorf("%v is explained by: %v", err, f)
	}
}
