package recording

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// Writer writes runs, one after the other. Of annotated pcapng each run is a
// section of its own, whose header tells of it and whose interface has its
// counters; Wireshark takes their packets for one list. What comes after a
// thousand sections goes on in the last one: readers keep an interface for each.
type Writer struct {
	w           io.Writer
	application string
	plain       *file.PcapWriter
	classic     bool
	ng          *file.Writer // of the section under way; nil until the first run
	sections    int
	from, to    time.Time // of the section under way
	stats       capture.Stats
}

const maxSections = 1000

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
	if err := w.open(r); err != nil {
		return err
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

// open writes the head of the file, or of the run's section.
func (w *Writer) open(r *analysis.Run) (err error) {
	link := capture.LinkEthernet
	if len(r.Evidence.Segments) > 0 {
		link = r.Evidence.Segments[0].Frame.Link
	}
	switch {
	case w.plain != nil, w.sections == maxSections:
	case w.classic:
		w.plain, err = file.NewPcapWriter(w.w, link, 0)
	default:
		if err := w.endSection(); err != nil {
			return err
		}
		w.sections++
		w.ng, err = file.NewWriter(w.w, file.Header{
			OS: oneLine(strings.TrimSpace(r.Platform.OS + " " + r.Platform.Release)), Application: w.application,
			Comment: account(r), Interface: oneLine(r.Capture.Interface), Link: link, Names: namesOf(r.Evidence.Events),
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
	for i := range r.Evidence.Signals {
		s := &r.Evidence.Signals[i]
		journal(s.Time.Truncate(time.Microsecond), 1, signalFields(r.Number, s))
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

// endSection writes the counters of the section under way, if there is one.
func (w *Writer) endSection() error {
	if w.ng == nil {
		return nil
	}
	if !w.to.IsZero() {
		if err := w.ng.Stats(w.from, w.to, w.stats); err != nil {
			return err
		}
	}
	w.from, w.to, w.stats = time.Time{}, time.Time{}, capture.Stats{}
	return w.ng.Flush()
}

// Close ends the file, which without a run is one without records. It does not
// close the underlying writer.
func (w *Writer) Close() error {
	if w.ng == nil {
		if err := w.open(&analysis.Run{}); err != nil { // no run has come
			return err
		}
	}
	if w.classic {
		return w.plain.Flush()
	}
	return w.endSection()
}
