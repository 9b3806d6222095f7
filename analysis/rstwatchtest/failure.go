package rstwatchtest

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/scene"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// Failure is a call that failed, and why it did.
type Failure struct {
	Call    scenario.Event   // who made which call, on which connection, and what it returned
	Verdict analysis.Verdict // the segment behind it, what made the other side send that, and how far that can be trusted
	Run     *analysis.Run    // all that happened on the connection
}

// Failures returns the calls that failed until now, connection by connection, in the
// order of calls. What a program does to itself is no failure: a call on a
// connection that it has closed, one that it has cancelled, or cut short by a
// deadline in the past, as net/http does; nor is the end of a stream. It is nil
// where nothing could be captured. It blocks as Runs does.
func (r *Recorder) Failures() []*Failure {
	r.t.Helper()
	return slices.Collect(func(yield func(*Failure) bool) {
		for _, run := range r.runs() {
			for _, f := range failures(run) {
				if r.counts(f.Call) && !yield(f) {
					return
				}
			}
		}
	})
}

// failures are the calls of a run that have a verdict.
func failures(run *analysis.Run) (list []*Failure) {
	for _, v := range run.Verdicts {
		if ev := run.Event(v.Event); ev != nil {
			list = append(list, &Failure{Call: *ev, Verdict: v, Run: run})
		}
	}
	return list
}

// counts reports whether a call failed, and not by its own program's doing.
func (r *Recorder) counts(ev scenario.Event) bool {
	switch ev.Fault {
	case "", scenario.EOF, scenario.Closed, scenario.Canceled:
		return false
	}
	return !r.calls.Cut(ev)
}

// failed returns the runs of which a call counts as failed, or contradicts the model,
// with the verdicts about such calls alone.
func (r *Recorder) failed(runs []*analysis.Run) (list []*analysis.Run) {
	for _, run := range runs {
		brief := *run
		brief.Verdicts = slices.DeleteFunc(slices.Clone(run.Verdicts), func(v analysis.Verdict) bool {
			ev := run.Event(v.Event)
			return v.Outcome != analysis.Unexplained && (ev == nil || !r.counts(*ev))
		})
		if len(brief.Verdicts) > 0 {
			list = append(list, &brief)
		}
	}
	return list
}

// Explain says why err came about, an error that a recorded call has returned; it
// may be wrapped, as in what http.Client returns. It is the last such call if there
// were several on one connection. Where err does not name the connection, as io.EOF
// does not, and several have returned the like, it can not be told which is meant:
// then, and where nothing is known of it, Explain returns nil, which has no reason.
// It blocks as Runs does.
func (r *Recorder) Explain(err error) *Failure {
	r.t.Helper()
	if err == nil {
		return nil
	}
	named := endsOf(err)
	fault := scenario.FaultOf(err)
	var found *Failure
	for _, run := range r.runs() {
		for _, f := range failures(run) {
			ev := &f.Call
			if ev.Fault != fault || !named.fit(ev) || fault == scenario.Other && !strings.Contains(err.Error(), ev.Err) {
				continue
			}
			if found != nil && found.Run != run && !named.local.IsValid() {
				return nil
			}
			if found == nil || ev.End.After(found.Call.End) {
				found = f
			}
		}
	}
	return found
}

// named is what an error says of the call that it comes from.
type named struct {
	op            string
	local, remote netip.AddrPort
}

// endsOf looks for a [net.OpError] in an error.
func endsOf(err error) (n named) {
	var op *net.OpError
	if errors.As(err, &op) {
		n.op, n.local, n.remote = op.Op, addrPort(op.Source), addrPort(op.Addr)
	}
	return n
}

func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok || tcp == nil {
		return netip.AddrPort{}
	}
	ap := tcp.AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}

// fit reports whether a call may be the one that is named.
func (n named) fit(ev *scenario.Event) bool {
	switch n.op {
	case "dial", "read", "write", "accept":
		if string(ev.Op) != n.op {
			return false
		}
	}
	return (!n.local.IsValid() || n.local == ev.Local) && (!n.remote.IsValid() || n.remote == ev.Remote)
}

// Reason returns why the RST behind the failure was sent, in the words of Linux's
// enum sk_rst_reason, such as "TCP_ABORT_ON_CLOSE"; "" if there was none, or if
// there can be several. A nil Failure has none.
func (f *Failure) Reason() analysis.Reason {
	if f == nil || len(f.Verdict.Inferred) != 1 {
		return ""
	}
	return f.Verdict.Inferred[0]
}

// Segment returns the segment that caused the failure, nil if none is known.
func (f *Failure) Segment() *capture.Segment {
	if f == nil {
		return nil
	}
	return f.Run.Segment(f.Verdict.Cause.Segment)
}

// String says in one line what failed and why.
func (f *Failure) String() string {
	if f == nil {
		return "no such call is known"
	}
	text := scene.Title(&f.Call)
	if f.Verdict.Outcome != analysis.Explained {
		text += ", " + f.Verdict.Outcome.String()
	}
	if f.Verdict.Because != "" {
		text += ": " + f.Verdict.Because
	}
	if len(f.Verdict.Inferred) > 0 {
		text += fmt.Sprintf(" (%s)", scene.Reasons(f.Verdict.Inferred))
	}
	return text
}
