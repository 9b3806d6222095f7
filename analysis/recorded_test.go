package analysis_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// line is a line of a recorded run, see testdata/runs/README.md.
type line struct {
	T, T0              int64
	Kind, Who, Op      string
	Arg, N             int
	Err, Errno         string
	Is                 []string
	Local, Peer        string
	At, Src, Dst, Opts string
	Flags              string
	Seq, Ack           uint32
	Win, Len           int
	Text, ICMP         string
}

// recorded reads a run as seen from one host: its socket's calls and its own
// tap.
func recorded(t *testing.T, path, who string) analysis.Evidence {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tap := map[string]string{"cli": "A", "srv": "B"}[who]
	e := analysis.Evidence{Model: analysis.Linux()}
	for in := bufio.NewScanner(f); in.Scan(); {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		if l.Kind == "note" && strings.HasPrefix(l.Text, "end of scenario") {
			break
		}
		switch {
		case l.Kind == "seg" && l.At == tap:
			if l.ICMP != "" {
				e.Segments = append(e.Segments, l.icmp(t, e.Segments))
			} else if s, ok := l.segment(); ok {
				s.ID = len(e.Segments) + 1
				e.Segments = append(e.Segments, s)
			}
		case l.Kind == "op" && l.Who == who && l.Peer != "":
			if ev, ok := l.event(); ok {
				e.Events = append(e.Events, ev)
			}
		}
	}
	number(e.Events)
	return e
}

// number gives the calls their IDs, in order of start.
func number(events []scenario.Event) {
	for i := range events {
		for j := i; j > 0 && events[j].Start.Before(events[j-1].Start); j-- {
			events[j], events[j-1] = events[j-1], events[j]
		}
	}
	sockets := make(map[netip.AddrPort]int)
	for i := range events {
		key := events[i].Local
		if events[i].Role == scenario.Server {
			key = events[i].Remote
		}
		if sockets[key] == 0 {
			sockets[key] = len(sockets) + 1
		}
		events[i].ID, events[i].Conn = i+1, sockets[key]
	}
}

// icmp is an ICMP error: the recording does not say what it quotes, which was
// what the host had sent last.
func (l *line) icmp(t *testing.T, sent []capture.Segment) capture.Segment {
	t.Helper()
	for i := len(sent) - 1; i >= 0; i-- {
		if q := sent[i]; q.Src.Addr().String() == l.Dst {
			q.ID, q.Time, q.Flags, q.Len = len(sent)+1, time.Unix(0, l.T), 0, 0
			q.ICMP.From, q.ICMP.To = netip.MustParseAddr(l.Src), q.Src.Addr()
			if _, err := fmt.Sscanf(l.ICMP, "type=%d code=%d", &q.ICMP.Type, &q.ICMP.Code); err != nil {
				t.Fatal(err)
			}
			return q
		}
	}
	t.Fatal("an ICMP error about nothing")
	return capture.Segment{}
}

func (l *line) segment() (capture.Segment, bool) {
	src, err1 := netip.ParseAddrPort(l.Src)
	dst, err2 := netip.ParseAddrPort(l.Dst)
	if err1 != nil || err2 != nil || l.Flags == "" {
		return capture.Segment{}, false
	}
	s := capture.Segment{Time: time.Unix(0, l.T), Src: src, Dst: dst, Seq: capture.Seq(l.Seq), Ack: capture.Seq(l.Ack),
		Window: l.Win, Len: l.Len}
	for _, c := range l.Flags {
		s.Flags |= map[rune]capture.Flags{'S': capture.SYN, 'F': capture.FIN, 'R': capture.RST, 'P': capture.PSH, 'A': capture.ACK}[c]
	}
	for opt := range strings.SplitSeq(l.Opts, ",") {
		if n, ok := strings.CutPrefix(opt, "ws="); ok {
			shift, _ := strconv.Atoi(n)
			s.Options.HasScale, s.Options.WindowScale = true, uint8(shift)
		}
	}
	return s, true
}

// event translates a call; ok is false for those that the model has no word
// for yet.
func (l *line) event() (scenario.Event, bool) {
	op, rest, _ := strings.Cut(l.Op, "(")
	ops := map[string]scenario.Op{"Dial": scenario.OpDial, "Accept": scenario.OpAccept, "Read": scenario.OpRead,
		"Write": scenario.OpWrite, "Close": scenario.OpClose, "CloseWrite": scenario.OpCloseWrite,
		"CloseRead": scenario.OpCloseRead, "SetLinger": scenario.OpSetLinger, "poll": scenario.OpPoll,
		"getsockopt": scenario.OpSOError, "shutdown": scenario.OpShutdown, "send": scenario.OpWrite, "write": scenario.OpWrite,
		"read": scenario.OpRead, "recv": scenario.OpRead, "io.ReadFull": scenario.OpRead}
	switch l.Op {
	case "recv(MSG_PEEK)":
		op = "peek"
	case "recv(MSG_WAITALL)":
		op = "Read"
	}
	ops["peek"] = scenario.OpPeek
	l.N = max(l.N, 0)
	ev := scenario.Event{Op: ops[op], Role: map[string]scenario.Role{"cli": scenario.Client, "srv": scenario.Server}[l.Who],
		Start: time.Unix(0, l.T0), End: time.Unix(0, l.T), Asked: l.Arg, N: l.N, Err: l.Err}
	ev.Local, _ = netip.ParseAddrPort(l.Local)
	ev.Remote, _ = netip.ParseAddrPort(l.Peer)
	if d, ok := strings.CutPrefix(rest, "deadline "); ok {
		if wait, err := time.ParseDuration(strings.TrimSuffix(d, ")")); err == nil {
			ev.Deadline = ev.Start.Add(wait)
		}
	}
	if strings.HasPrefix(rest, "expired") {
		ev.Deadline = ev.Start.Add(-1)
	}
	ev.Fault = scenario.Fault(l.Errno)
	if op == "read" && l.N == 0 && l.Errno == "" {
		ev.Fault = scenario.EOF // the raw call says it without an error
	}
	for _, is := range l.Is {
		switch is {
		case "io.EOF":
			ev.Fault = scenario.EOF
		case "os.ErrDeadlineExceeded":
			ev.Fault = scenario.Deadline
		case "net.ErrClosed":
			ev.Fault = scenario.Closed
		}
	}
	return ev, ev.Op != ""
}

// TestRecorded replays what was recorded on a real kernel (testdata/runs): each
// socket from the tap of its own host, the calls of the other side unknown.
func TestRecorded(t *testing.T) {
	paths, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recorded runs", err)
	}
	calls, exact := 0, 0
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".jsonl")
		t.Run(name, func(t *testing.T) {
			for _, who := range []string{"cli", "srv"} {
				x := analysis.Explain(recorded(t, path, who))
				for _, v := range x.Verdicts {
					if v.Outcome != analysis.Explained {
						t.Errorf("%s call %d %s: %s, predicted %q", who, v.Event, v.Fault, v.Because, v.Predicted)
					}
				}
				for _, c := range x.Calls {
					calls++
					if c.Certainty == analysis.Exact {
						exact++
					}
				}
			}
		})
	}
	if exact*100 < calls*97 {
		t.Errorf("%d of %d predictions are exact, want 97 %%", exact, calls)
	}
}
