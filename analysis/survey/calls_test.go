package survey

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// ran is a line of a measured run about a call.
type ran struct {
	line
	T0          int64
	Who, Op     string
	Arg, N      int
	Errno       string
	Is          []string
	Local, Peer string
}

// word returns what the call is about and what it returned, "" for what no model
// speaks of.
func (r *ran) word() (op string, result Results) {
	op, rest, _ := strings.Cut(r.Op, "(")
	switch op {
	case "Read", "read", "recv":
		op = "read"
	case "Write", "write", "send":
		op = "write"
	case "Dial":
		op = "dial"
	default:
		return op, ""
	}
	result = Results(r.Errno)
	switch {
	case strings.Contains(rest, "deadline"), strings.Contains(rest, "expired"), slices.Contains(r.Is, "os.ErrDeadlineExceeded"),
		slices.Contains(r.Is, "net.ErrClosed"), r.N > 0 && op == "read":
		return op, ""
	case slices.Contains(r.Is, "io.EOF"), op == "read" && r.Errno == "" && r.N <= 0 && r.Arg > 0:
		result = Results(scenario.EOF)
	case result == "":
		result = OK
	}
	return op, result
}

// heard is a run as one host's tap and its program saw it.
type heard struct {
	segments []capture.Brief
	stamps   []int64
	calls    []ran
}

func hear(t *testing.T, path, who, tap string) (h heard) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var l ran
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		switch {
		case l.Kind == "note" && strings.HasPrefix(l.Text, "end of scenario"):
			return h
		case l.Kind == "seg" && l.At == tap && l.ICMP != "":
			h.segments, h.stamps = append(h.segments, h.quotation(t, &l)), append(h.stamps, l.T)
		case l.Kind == "seg" && l.At == tap:
			h.segments, h.stamps = append(h.segments, briefOf(t, &l.line)), append(h.stamps, l.T)
		case l.Kind == "op" && l.Who == who && l.Local != "" && l.Peer != "":
			h.calls = append(h.calls, l)
		}
	}
	return h
}

// quotation is an ICMP error: the recording does not say what it quotes, which
// was what the host had sent last.
func (h *heard) quotation(t *testing.T, l *ran) capture.Brief {
	for _, b := range slices.Backward(h.segments) {
		if b.From().Addr().String() == l.Dst && !b.Quoted {
			b.Quoted, b.Flags, b.Len = true, 0, 0
			if _, err := fmt.Sscanf(l.ICMP, "type=%d code=%d", &b.ICMPType, &b.ICMPCode); err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	t.Fatal("an ICMP error about nothing")
	return capture.Brief{}
}

// unseen are results that no segment tells of.
var unseen = map[string]string{
	"L_addr_removed.jsonl":             "what was written never left",
	"L_link_down.jsonl":                "what was written never left",
	"L_zero_window_user_timeout.jsonl": "TCP_USER_TIMEOUT, and every probe is answered",
}

// until surveys what was captured up to a moment.
func (h *heard) until(stamp int64, m *analysis.Model) *Tracker {
	t := New(0, nil)
	t.Follow(m)
	for i := range h.segments {
		if h.stamps[i] <= stamp {
			t.Add(h.stamps[i], uint32(i+1), &h.segments[i])
		}
	}
	return t
}

// TestCallsAgainstTheKernel holds what the survey says of a socket's next calls
// against what the first that failed on it returned, on the kernel that the runs
// were measured on.
func TestCallsAgainstTheKernel(t *testing.T) {
	runs, err := filepath.Glob(filepath.Join("..", "testdata", "runs", "*.jsonl"))
	if err != nil || len(runs) == 0 {
		t.Fatalf("no runs: %v", err)
	}
	held, sure := 0, 0
	for _, path := range runs {
		for _, host := range [][2]string{{"cli", "A"}, {"srv", "B"}} {
			h := hear(t, path, host[0], host[1])
			told := make(map[string]bool) // sockets whose state calls have changed
			for _, call := range h.calls {
				socket := call.Local + ">" + call.Peer
				op, result := call.word()
				if told[socket] {
					continue
				}
				told[socket] = op != "read" && op != "write" && op != "dial" && op != "Accept" && op != "SetLinger" && op != "poll"
				if result == "" || result == OK {
					continue
				}
				told[socket] = told[socket] || result != Results(scenario.EOF)
				says := h.until(call.T, analysis.Linux()).next(call.Local, call.Peer, op)
				held++
				if says == result {
					sure++
				}
				if !slices.Contains(says.List(), string(result)) && unseen[filepath.Base(path)] == "" {
					t.Errorf("%s: %s %s returned %s, the survey says %s", filepath.Base(path), host[0], call.Op, result, says)
				}
			}
		}
	}
	if sure*10 < held*9 {
		t.Errorf("%d of %d results are foretold as the only one", sure, held)
	}
	t.Logf("%d results held, %d of them foretold as the only one", held, sure)
}

// next returns what the survey says of the newest socket with these addresses.
func (t *Tracker) next(local, remote, op string) (says Results) {
	l, _ := netip.ParseAddrPort(local)
	r, _ := netip.ParseAddrPort(remote)
	for c := range t.Connections() {
		for i := range c.Sides {
			if n := c.Sides[i].Next; c.Sides[i].Addr == l && c.Sides[1-i].Addr == r {
				if n.GivesUp != "" {
					return Results(n.GivesUp)
				}
				says = map[string]Results{"dial": n.Dial, "read": n.Read, "write": n.Write}[op]
			}
		}
	}
	return says
}
