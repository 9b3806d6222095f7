package recording

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// Writer writes runs, one after the other.
type Writer struct {
	w           io.Writer
	application string
	ng          *file.Writer // nil until the first run
	plain       *file.PcapWriter
	classic     bool
	from, to    time.Time
	stats       capture.Stats
}

// New returns a Writer of annotated pcapng; application is what the file will
// say wrote it.
func New(w io.Writer, application string) *Writer { return &Writer{w: w, application: application} }

// NewPlain returns a Writer of classic nanosecond pcap, which holds the
// segments and nothing else.
func NewPlain(w io.Writer) *Writer { return &Writer{w: w, classic: true} }

// item is something to be written, in order of time.
type item struct {
	at    time.Time
	rank  int // among equal stamps
	write func() error
}

// Add writes a run. One without a call and a segment leaves nothing, for it has
// no time.
func (w *Writer) Add(r *analysis.Run) error {
	if err := w.open(r); err != nil {
		return err
	}
	items := w.segments(r)
	if !w.classic {
		items = append(items, w.calls(r)...)
	}
	slices.SortStableFunc(items, func(a, b item) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.rank, b.rank))
	})
	if len(items) == 0 {
		return nil
	}
	if w.from.IsZero() {
		w.from = items[0].at
	}
	w.to = items[len(items)-1].at
	w.stats.Delivered += r.Capture.Stats.Delivered
	w.stats.Dropped += r.Capture.Stats.Dropped
	if !w.classic {
		if err := w.ng.Journal(runFields(r, items[0].at)); err != nil {
			return err
		}
	}
	for _, it := range items {
		if err := it.write(); err != nil {
			return err
		}
	}
	return nil
}

// open writes the head of the file once it is known what was captured.
func (w *Writer) open(r *analysis.Run) (err error) {
	link := capture.LinkEthernet
	if len(r.Evidence.Segments) > 0 {
		link = r.Evidence.Segments[0].Frame.Link
	}
	switch {
	case w.ng != nil || w.plain != nil:
	case w.classic:
		w.plain, err = file.NewPcapWriter(w.w, link, 0)
	default:
		w.ng, err = file.NewWriter(w.w, file.Header{
			OS: oneLine(strings.TrimSpace(r.Platform.OS + " " + r.Platform.Release)), Application: w.application,
			Interface: oneLine(r.Capture.Interface), Link: link,
		})
	}
	return err
}

func (w *Writer) segments(r *analysis.Run) []item {
	var items []item
	for i := range r.Evidence.Segments {
		s := &r.Evidence.Segments[i]
		items = append(items, item{at: s.Time, rank: 1, write: func() error {
			if w.classic {
				return w.plain.Packet(s.Time, s.Frame)
			}
			if c := comment(r, s); c != "" {
				return w.ng.Packet(s.Time, s.Frame, c)
			}
			return w.ng.Packet(s.Time, s.Frame)
		}})
	}
	return items
}

func (w *Writer) calls(r *analysis.Run) []item {
	var items []item
	journal := func(at time.Time, rank int, fields []file.Field) {
		items = append(items, item{at: at, rank: rank, write: func() error { return w.ng.Journal(fields) }})
	}
	for i := range r.Evidence.Events {
		ev := &r.Evidence.Events[i]
		start, end := stamps(ev)
		if crossed(r.Evidence.Segments, ev) {
			journal(start, 0, startFields(r.Number, ev))
		}
		journal(end, 2, callFields(r.Number, ev))
		if v := r.Verdict(ev.ID); v != nil {
			journal(end, 3, verdictFields(r.Number, end, v))
		}
	}
	return items
}

// stamps returns when the entries of a call are written to have been: no entry
// can tell more than microseconds, and a segment has nanoseconds. So the start
// is rounded down and the end up, and what lay within the call still does.
func stamps(ev *scenario.Event) (start, end time.Time) {
	last := ev.End
	if last.IsZero() {
		last = ev.Start
	}
	end = last.Truncate(time.Microsecond)
	if end.Before(last) {
		end = end.Add(time.Microsecond)
	}
	return ev.Start.Truncate(time.Microsecond), end
}

// crossed reports whether a segment was captured while the call was under way.
func crossed(segments []capture.Segment, ev *scenario.Event) bool {
	return slices.ContainsFunc(segments, func(s capture.Segment) bool {
		return s.Time.After(ev.Start) && s.Time.Before(ev.End)
	})
}

// comment says of a segment that belongs to the cause of an error what made
// its sender emit it, what it did, and which calls it failed.
func comment(r *analysis.Run, s *capture.Segment) string {
	n := r.Notes[s.ID]
	if !n.Decisive {
		return ""
	}
	kind := s.Flags.String()
	if s.ICMP.Is() {
		kind = s.ICMP.String()
	}
	parts := []string{fmt.Sprintf("#%d %s", s.ID, kind)}
	if ev := r.Event(n.From.Event); ev != nil {
		parts = append(parts, fmt.Sprintf("sent by %s %s", ev.Role, ev.Op))
	} else if n.From.Segment != 0 {
		parts = append(parts, fmt.Sprintf("the answer to #%d", n.From.Segment))
	}
	for _, reason := range n.Reasons {
		parts = append(parts, string(reason))
	}
	if n.Effect != "" {
		parts = append(parts, n.Effect)
	}
	for _, v := range r.Verdicts {
		if ev := r.Event(v.Event); v.Cause.Segment == s.ID && v.Outcome == analysis.Explained {
			parts = append(parts, fmt.Sprintf("caused %s %s → %s", ev.Role, ev.Op, ev.Fault))
		}
	}
	return oneLine(strings.Join(parts, "; "))
}

// Close ends the file, which without a run is one without records. It does not
// close the underlying writer.
func (w *Writer) Close() error {
	if err := w.open(&analysis.Run{}); err != nil { // no run has come
		return err
	}
	if w.classic {
		return w.plain.Flush()
	}
	if !w.to.IsZero() {
		if err := w.ng.Stats(w.from, w.to, w.stats); err != nil {
			return err
		}
	}
	return w.ng.Flush()
}
