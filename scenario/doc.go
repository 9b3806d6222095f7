// Package scenario holds what the application did: every call it made on a
// socket, as an [Event] with its interval and its result.
//
// # Recording
//
// A [Recorder] wraps connections, listeners and dialers of any Go program. They
// behave as the ones underneath; each call becomes an event, stamped right
// before and right after it, with the [Fault] that its error stands for:
//
//	rec := scenario.NewRecorder()
//	conn, err := rec.Dialer(scenario.Client).Dial("tcp", addr)
//	…
//	for _, e := range rec.Events() { … }
//
// [Recorder.Listener] goes to http.Server's Serve, [Dialer.DialContext] to
// http.Transport, [Recorder.Conn] to tls.Client: whatever takes a [net.Conn] or a
// [net.Listener] can be recorded. What a library itself says is recorded with
// [Recorder.Library], around the calls that it makes. io.Copy between recorded
// connections reads and writes, for splice and sendfile would hide both, see
// [Conn].
//
// # Waiting
//
// [Conn.AwaitFIN], [Conn.AwaitHangup] and [AwaitFINAcked] wait until something
// has happened to a socket. They take nothing from it, neither an octet nor the
// pending error, so that the call after them finds what it would have found.
// [Listener.AwaitQueue] waits until a connection can be accepted.
//
// # Performing
//
// A [Scenario] is a story that always ends in the same way: its Play makes calls
// on a [Stage], and its Expect says which of them fail, by platform. [Perform]
// plays it over the loopback interface and leaves nothing open. The calls are
// made one after the other, but for those that [Stage.Go] starts, which block
// while others are made. The stories themselves are in scenario/catalog.
// [Reserve] finds ports for them before anybody listens.
//
// The package knows nothing of segments: capture holds what the wire said, and
// analysis brings the two together.
package scenario
