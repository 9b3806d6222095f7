package session

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// tracing is where the kernel's trace events are (tracefs).
const tracing = "/sys/kernel/tracing"

// tracer hears from the kernel itself why it sent each RST: the reason in the
// trace event tcp:tcp_send_reset. Events are machine-wide, whatever network
// namespace this process is in.
type tracer struct{ instance string }

// heard is one RST that the kernel says it sent. Where a listener answered,
// dst is unspecified.
type heard struct {
	at       time.Time
	src, dst netip.AddrPort
	reason   analysis.Reason
	answers  bool // it answers a segment (tcp_v4_send_reset, tcp_v6_send_reset)
}

// mayHear makes a trace instance of the test's own, or says what is missing:
// only root on the host may. A sandbox that root made keeps root's right to
// files.
func mayHear(tb testing.TB) (k *tracer, missing string) {
	tb.Helper()
	k = &tracer{filepath.Join(tracing, "instances", "rstwatch-test-"+strconv.Itoa(os.Getpid()))}
	switch err := os.Mkdir(k.instance, 0o700); {
	case errors.Is(err, fs.ErrPermission):
		return nil, "root on the host, for " + tracing
	case errors.Is(err, fs.ErrNotExist):
		return nil, "tracefs at " + tracing
	case err != nil:
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.Remove(k.instance); err != nil {
			tb.Error(err)
		}
	})
	const event = "events/tcp/tcp_send_reset/enable"
	if err := k.write(event, "1"); errors.Is(err, fs.ErrNotExist) {
		return nil, "the kernel's trace event tcp:tcp_send_reset"
	}
	for _, set := range [][2]string{{"trace_clock", "tai"}, {"buffer_size_kb", "4096"}} {
		if err := k.write(set[0], set[1]); err != nil {
			tb.Fatal(err)
		}
	}
	tb.Cleanup(func() { k.write(event, "0") })
	return k, ""
}

func (k *tracer) write(name, text string) error {
	return os.WriteFile(filepath.Join(k.instance, name), []byte(text), 0)
}

// forget empties the buffer.
func (k *tracer) forget() error { return k.write("trace", "") }

// resetLine is the event as the kernel prints it, behind its time. The address
// of the segment that the RST answers is null where it answers none.
var resetLine = regexp.MustCompile(`(\d+)\.(\d+): tcp_send_reset: skbaddr=(\S+) .* src=(\S+) dest=(\S+) state=\S+ reason=(\S+)`)

// heard returns the RSTs that the kernel has sent since forget, in order; an
// empty list, and not nil, if there are none. After
// a fence none is missing: it was dropped on every CPU, where the call, the
// softirq or the timer that sends an RST also writes the event.
func (k *tracer) heard() ([]heard, error) {
	text, err := os.ReadFile(filepath.Join(k.instance, "trace"))
	if err != nil {
		return nil, err
	}
	if _, lost, _ := strings.Cut(string(text), "LOST"); lost != "" {
		return nil, errors.New("the trace buffer was too small")
	}
	list := []heard{}
	for _, m := range resetLine.FindAllStringSubmatch(string(text), -1) {
		sec, err1 := strconv.ParseInt(m[1], 10, 64)
		usec, err2 := strconv.ParseInt(m[2], 10, 64)
		src, err3 := netip.ParseAddrPort(m[4])
		dst, err4 := netip.ParseAddrPort(m[5])
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			return nil, fmt.Errorf("trace event %q: %w", m[0], err)
		}
		list = append(list, heard{time.Unix(sec, usec*1000), src, dst, analysis.Reason(m[6]), strings.Trim(m[3], "0") != ""})
	}
	slices.SortStableFunc(list, func(a, b heard) int { return a.at.Compare(b.at) })
	return list, nil
}

// contradicts compares what the model inferred about the RSTs of a run with
// what the kernel said, and returns a line for each that differs. inferred is
// nil for an RST that, says the model, no TCP sent. An RST of another
// connection is nobody's concern. What is known to have come from a TCP is looked
// for first: a forged RST may be its neighbour. An RST that is open may have several
// reasons, of which the kernel's must be one.
func contradicts(said []heard, segments []capture.Segment, inferred func(*capture.Segment) []analysis.Reason, open func(*capture.Segment) bool) (wrong []string, agreed int) {
	said = slices.Clone(said)
	pairs := make(map[[2]netip.AddrPort]bool)
	var resets []*capture.Segment
	for i := range segments {
		s := &segments[i]
		pairs[[2]netip.AddrPort{s.Src, s.Dst}] = true
		if s.Flags.Has(capture.RST) && !s.ICMP.Is() {
			resets = append(resets, s)
		}
	}
	slices.SortStableFunc(resets, func(a, b *capture.Segment) int {
		return min(1, len(inferred(b))) - min(1, len(inferred(a)))
	})
	for _, s := range resets {
		reasons := inferred(s)
		at := slices.IndexFunc(said, func(h heard) bool { return h.of(s, soon) })
		if at < 0 {
			at = slices.IndexFunc(said, func(h heard) bool { return h.of(s, near) })
		}
		switch {
		case at < 0 && len(reasons) == 0:
		case at < 0:
			wrong = append(wrong, fmt.Sprintf("#%d: inferred %q, the kernel says nothing", s.ID, reasons))
		case !slices.Contains(reasons, said[at].reason) || len(reasons) > 1 && !open(s):
			wrong = append(wrong, fmt.Sprintf("#%d: inferred %q, the kernel says %s", s.ID, reasons, said[at].reason))
			said = slices.Delete(said, at, at+1)
		default:
			said = slices.Delete(said, at, at+1)
			agreed++
		}
	}
	for _, h := range said {
		if pairs[[2]netip.AddrPort{h.src, h.dst}] || pairs[[2]netip.AddrPort{h.dst, h.src}] {
			wrong = append(wrong, fmt.Sprintf("the kernel sent an RST for %s from %v to %v that no segment is", h.reason, h.src, h.dst))
		}
	}
	return wrong, agreed
}

// decided says of no RST that it is open.
func decided(*capture.Segment) bool { return false }

// soon is how near an RST and the event about it usually are, and near how near
// they are where the machine is busy.
const (
	soon = time.Millisecond
	near = 100 * time.Millisecond
)

// of reports whether h can be the RST s, if the two are this near. An event's stamp is that of a moment
// before an RST that answers a segment leaves, but after any other has left, and
// what that one provokes may have been answered by then
// (tcp_send_active_reset): the order of events is not that of RSTs, so h must be
// of the kind that the header shows. That also tells a listener of our own,
// which names no destination, from one with the same port in another namespace,
// but for one that answers too: what is near is looked for first.
func (h heard) of(s *capture.Segment, near time.Duration) bool {
	if h.src != s.Src || h.dst != s.Dst && !h.dst.Addr().IsUnspecified() {
		return false
	}
	return h.answers == answers(s) && s.Time.Sub(h.at).Abs() < near
}

// answers reports whether an RST answers a segment: without the ACK flag it
// does, and with it if that segment had none, when the number is 0 and no window
// is advertised (RFC 9293 §3.5.2).
func answers(rst *capture.Segment) bool {
	return !rst.Flags.Has(capture.ACK) || rst.Seq == 0 && rst.Window == 0
}
