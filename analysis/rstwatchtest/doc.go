// Package rstwatchtest explains the connection errors of a Go test: which segment
// caused each, and what made the other side send it.
//
//	func TestMain(m *testing.M) { os.Exit(rstwatchtest.Main(m)) }
//
//	func TestUpload(t *testing.T) {
//		rec := rstwatchtest.Record(t)
//		listener, err := rec.Listen("tcp", "127.0.0.1:0")
//		…
//		go server.Serve(listener)
//		client := &http.Client{Transport: &http.Transport{DialContext: rec.DialContext}}
//		…
//	}
//
// If the test fails, its log ends with the ladder and the verdict of each
// connection on which a call failed. A test that passes prints nothing, unless it
// asks ([Recorder.Show]).
//
// # Watching
//
// [Recorder.Listen] and [Recorder.DialContext] stand for those of package net;
// [Recorder.Listener] wraps a listener that exists already, such as that of
// httptest.NewUnstartedServer. What is not wrapped is not seen: where one side
// alone is, its errors are explained as far as the wire tells. Each test, and each
// subtest that wants one, has a recorder of its own, and captures its own ports
// only; tests may run in parallel.
//
// # Where
//
// To capture takes a privilege. [Main] gives it to the tests by running them in a
// private network, without root and without touching the host's; there they reach
// 127.0.0.1 and ::1 and nothing else. So tests that need the world outside belong in
// another package. Where no private network can be had, on macOS or in a locked
// container, the tests run as they are: a test never fails for want of a capture.
// What it records is then not explained, and [Recorder.Missing] says why.
//
// Capturing through libpcap takes its headers to build; with CGO_ENABLED=0, or
// -tags purego, nothing is needed.
//
// # Asserting
//
// A test can demand that an error has the cause that it is meant to have:
//
//	_, err = conn.Write(data)
//	if why := rec.Explain(err); why.Reason() != analysis.AbortOnClose {
//		t.Errorf("the write failed, but not because the server closed too early: %v", why)
//	}
//
// # Recordings
//
// What a failing test saw is kept as a file that Wireshark opens, if there is a
// place for it: with "go test -artifacts" (Go 1.26) the test's own folder of
// artifacts, else the folder that the environment variable RSTWATCHTEST_DIR names.
// "rstwatch analyze FILE" explains it once more.
package rstwatchtest
