package recording

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/scenario"
)

// Read reads the runs of a recording and explains them anew. Every call and
// every TCP segment before a broken place is in the runs that are returned with
// the error, which is also the last one's Trouble. A file of another program is
// one run without a name; model gives the rules for runs that do not say
// theirs.
func Read(r io.Reader, model *analysis.Model) ([]*analysis.Run, error) {
	in, err := file.NewReader(r)
	if err != nil {
		return nil, err
	}
	l := &loader{model: model}
	for {
		rec, err := in.Next()
		if err == io.EOF {
			l.foreign(in.Stats())
			return l.runs, l.finish()
		}
		if err == nil {
			err = l.record(&rec)
		}
		if err != nil {
			l.foreign(in.Stats())
			if n := len(l.runs); n > 0 {
				l.runs[n-1].Trouble = err.Error()
			}
			return l.runs, errors.Join(err, l.finish())
		}
	}
}

// loader gathers runs.
type loader struct {
	proofs  map[*analysis.Run]map[int]*analysis.Proof // by event
	model   *analysis.Model
	runs    []*analysis.Run
	unnamed bool // the first run has no entry of its own
}

// run returns the run that what comes next belongs to.
func (l *loader) run() *analysis.Run {
	if len(l.runs) == 0 {
		l.unnamed = true
		l.runs = append(l.runs, &analysis.Run{Number: 1, Evidence: analysis.Evidence{Model: l.model}})
	}
	return l.runs[len(l.runs)-1]
}

// foreign gives a run that no entry describes what the file says of its
// interfaces.
func (l *loader) foreign(interfaces []file.InterfaceStats) {
	if !l.unnamed {
		return
	}
	c := &l.runs[0].Capture
	for i, f := range interfaces {
		if i == 0 {
			c.Interface = f.Name
		}
		c.Stats.Dropped += f.Dropped
	}
}

func (l *loader) record(rec *file.Record) error {
	if rec.Frame != nil {
		s, err := capture.Decode(rec.Time, *rec.Frame)
		if err == nil {
			r := l.run()
			r.Evidence.Segments = append(r.Evidence.Segments, s)
		}
		return nil // what is not TCP is not ours
	}
	f := make(map[string]string, len(rec.Journal))
	for _, field := range rec.Journal {
		f[field.Name] = unquote(field.Value)
	}
	var err error
	switch f["RSTWATCH_KIND"] {
	case kindRun:
		err = l.begin(f)
	case kindCall:
		err = l.call(f)
	case kindSignal:
		err = l.signal(f)
	case kindVerdict:
		err = l.verdict(f)
	}
	if err != nil {
		return fmt.Errorf("recording: journal entry at octet %d: %w", rec.Offset, err)
	}
	return nil
}

func (l *loader) begin(f map[string]string) error {
	run := &analysis.Run{Number: len(l.runs) + 1, Scenario: f["RSTWATCH_SCENARIO"], Summary: f["RSTWATCH_SUMMARY"],
		Family: scenario.Family(f["RSTWATCH_FAMILY"]), Sandboxed: f["RSTWATCH_SANDBOXED"] == "true",
		Replayed: f["RSTWATCH_REPLAYED"] == "true", Witness: f["RSTWATCH_WITNESS"], Trouble: f["RSTWATCH_TROUBLE"], Differs: f["RSTWATCH_DIFFERS"],
		Capture:  analysis.Capture{Interface: f["RSTWATCH_INTERFACE"], Backend: f["RSTWATCH_BACKEND"]},
		Evidence: analysis.Evidence{Model: l.model}}
	run.Platform.OS, run.Platform.Release, _ = strings.Cut(f["RSTWATCH_HOST"], " ")
	if name := f["RSTWATCH_MODEL"]; name != "" {
		m, ok := analysis.ModelFor(name)
		if !ok {
			return fmt.Errorf("no model is called %q", name)
		}
		run.Evidence.Model = m
	}
	if n := f["RSTWATCH_DROPPED"]; n != "" {
		dropped, err := strconv.ParseUint(n, 10, 64)
		if err != nil {
			return fmt.Errorf("RSTWATCH_DROPPED: %w", err)
		}
		run.Capture.Stats.Dropped = dropped
	}
	var err error
	if run.Evidence.Hearing, err = hearing(f); err != nil {
		return err
	}
	l.runs = append(l.runs, run)
	return nil
}

func (l *loader) call(f map[string]string) error {
	ev := scenario.Event{Role: scenario.Role(f["RSTWATCH_ROLE"]), Op: scenario.Op(f["RSTWATCH_OP"]),
		Fault: scenario.Fault(f["RSTWATCH_FAULT"]), Err: f["RSTWATCH_ERROR"],
		State: f["RSTWATCH_STATE"]}
	for _, n := range []struct {
		name string
		to   *int
	}{{"RSTWATCH_ID", &ev.ID}, {"RSTWATCH_CONN", &ev.Conn}, {"RSTWATCH_ASKED", &ev.Asked}, {"RSTWATCH_N", &ev.N}} {
		if err := parse(f, n.name, func(s string) (err error) { *n.to, err = strconv.Atoi(s); return }); err != nil {
			return err
		}
	}
	for _, t := range []struct {
		name string
		to   *time.Time
	}{{"RSTWATCH_START", &ev.Start}, {"RSTWATCH_END", &ev.End}, {"RSTWATCH_DEADLINE", &ev.Deadline},
		{"RSTWATCH_STATE_AT", &ev.StateAt}} {
		if err := parse(f, t.name, func(s string) error {
			ns, err := strconv.ParseInt(s, 10, 64)
			*t.to = time.Unix(0, ns)
			return err
		}); err != nil {
			return err
		}
	}
	for _, a := range []struct {
		name string
		to   *netip.AddrPort
	}{{"RSTWATCH_LOCAL", &ev.Local}, {"RSTWATCH_REMOTE", &ev.Remote}} {
		if err := parse(f, a.name, func(s string) error {
			ap, err := netip.ParseAddrPort(s)
			*a.to = netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()) // a socket for both families says ::ffff:192.0.2.1
			return err
		}); err != nil {
			return err
		}
	}
	if ev.ID < 1 || ev.Start.IsZero() {
		return errors.New("a call needs RSTWATCH_ID, from 1, and RSTWATCH_START")
	}
	if !ev.End.IsZero() && ev.End.Before(ev.Start) {
		return errors.New("RSTWATCH_END lies before RSTWATCH_START")
	}
	if ev.State != "" && (ev.End.IsZero() || ev.StateAt.Before(ev.End)) {
		return errors.New("RSTWATCH_STATE is what the kernel said after RSTWATCH_END, by RSTWATCH_STATE_AT")
	}
	r := l.run()
	r.Evidence.Events = append(r.Evidence.Events, ev)
	return nil
}

// parse hands the value of a field to set, if the entry has it.
func parse(f map[string]string, name string, set func(string) error) error {
	value, ok := f[name]
	if !ok {
		return nil
	}
	if err := set(value); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// finish puts the evidence in order and explains it.
func (l *loader) finish() error {
	var errs []error
	for _, r := range l.runs {
		if err := explain(r); err != nil {
			errs = append(errs, err)
			continue
		}
		l.proven(r)
	}
	return errors.Join(errs...)
}

func explain(r *analysis.Run) error {
	e := &r.Evidence
	slices.SortStableFunc(e.Events, func(a, b scenario.Event) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(e.Signals, func(a, b kernel.Signal) int { return cmp.Compare(a.ID, b.ID) })
	for i := range e.Signals {
		e.Signals[i].ID = i + 1
	}
	slices.SortStableFunc(e.Segments, func(a, b capture.Segment) int { return a.Time.Compare(b.Time) })
	for i := range e.Segments {
		e.Segments[i].ID = i + 1
	}
	r.Capture.Stats.Delivered = uint64(len(e.Segments))
	for i := 1; i < len(e.Events); i++ {
		if e.Events[i].ID == e.Events[i-1].ID {
			err := fmt.Errorf("recording: run %d has two calls with RSTWATCH_ID %d", r.Number, e.Events[i].ID)
			r.Trouble = err.Error() // it is not explained
			return err
		}
	}
	if n := r.Capture.Stats.Dropped; n > 0 && len(e.Segments) > 0 {
		e.Losses = []analysis.Loss{{From: e.Segments[0].Time, To: e.Segments[len(e.Segments)-1].Time, Frames: n}}
	}
	r.Explanation = analysis.Explain(*e)
	return nil
}
