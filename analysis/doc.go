// Package analysis says why: which segment caused the error that a call
// returned, and what made the other side send that segment.
//
// It is pure: no I/O, no clock, no goroutine. [Explain] takes the [Evidence]
// of a run (the application's calls and the captured segments) and replays
// each socket through a model of a TCP endpoint. The model is a set of tables,
// one row a rule, each row naming the RFC section or kernel function that it
// comes from: linux.go has the rules of Linux, darwin.go those of XNU.
//
// A captured segment is stamped before the receiving socket sees it, and a
// call is an interval, so what had happened to the socket when the call looked
// at it is not known from the stamps alone. The replay therefore keeps the set
// of all worlds that the stamps allow. Each call's result is predicted in
// every one of them; the result that was observed then strikes out those that
// disagree. Where none is left, the model and the kernel contradict each other,
// and the call is reported as unexplained. Nothing is smoothed over.
package analysis
