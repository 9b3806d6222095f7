package survey

import (
	"bufio"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

// line is a line of a measured run (analysis/testdata/runs).
type line struct {
	T              int64
	Kind, At, Text string
	Src, Dst       string
	Flags, Opts    string
	ICMP           string
	Seq, Ack       uint32
	Win, Len, TTL  int
}

var sendReset = regexp.MustCompile(`tcp_send_reset: src=(\S+) dest=(\S+) .*reason=(\S+)`)

// TestReasonsAgainstTheKernel surveys the segments of the measured runs, as
// the client's host saw them, and holds the class of each connection's first RST
// against the reason that the kernel gave when it sent it.
func TestReasonsAgainstTheKernel(t *testing.T) {
	runs, err := filepath.Glob(filepath.Join("..", "testdata", "runs", "*.jsonl"))
	if err != nil || len(runs) == 0 {
		t.Fatalf("no runs: %v", err)
	}
	held := make(map[analysis.Reason]int)
	for _, path := range runs {
		tracker, heard := measured(t, path)
		for c := range tracker.Connections() {
			if c.Reset == nil {
				continue
			}
			from, to := c.Sides[c.Reset.From].Addr, c.Sides[1-c.Reset.From].Addr
			reason, ok := heard[[2]netip.AddrPort{from, to}]
			if !ok {
				continue
			}
			held[reason]++
			if !slices.Contains(c.Reset.Reasons, reason) {
				t.Errorf("%s: the kernel sent the RST in frame %d for %s, the survey says %v (%s)", filepath.Base(path), c.Reset.Frame,
					reason, c.Reset.Reasons, c.Reset.Rule)
			}
		}
	}
	if len(held) < 4 {
		t.Errorf("only these reasons were held: %v", held)
	}
	t.Logf("held: %v", held)
}

// measured returns the survey of a run, and by source and destination the
// kernel's reason for the first RST.
func measured(t *testing.T, path string) (*Tracker, map[[2]netip.AddrPort]analysis.Reason) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tracker, heard := New(0, nil), make(map[[2]netip.AddrPort]analysis.Reason)
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for n := uint32(1); in.Scan(); n++ {
		var l line
		if err := json.Unmarshal(in.Bytes(), &l); err != nil {
			t.Fatalf("%s:%d: %v", path, n, err)
		}
		if m := sendReset.FindStringSubmatch(l.Text); l.Kind == "trace" && m != nil {
			src, errSrc := netip.ParseAddrPort(m[1])
			dst, errDst := netip.ParseAddrPort(m[2])
			pair := [2]netip.AddrPort{src, dst}
			if _, again := heard[pair]; errSrc == nil && errDst == nil && !again {
				heard[pair] = analysis.Reason(m[3])
			}
		}
		if l.Kind == "seg" && l.At == "A" && l.ICMP == "" {
			b := briefOf(t, &l)
			tracker.Add(l.T, n, &b)
		}
	}
	return tracker, heard
}

func briefOf(t *testing.T, l *line) capture.Brief {
	src, dst := netip.MustParseAddrPort(l.Src), netip.MustParseAddrPort(l.Dst)
	b := capture.Brief{Src: src.Addr().As16(), SrcPort: src.Port(), Dst: dst.Addr().As16(), DstPort: dst.Port(), V6: src.Addr().Is6(),
		Seq: capture.Seq(l.Seq), Ack: capture.Seq(l.Ack), Window: uint16(l.Win), Len: int32(l.Len), TTL: uint8(l.TTL),
		HasTimestamps: strings.Contains(l.Opts, "ts=")}
	for _, c := range l.Flags {
		switch c {
		case 'S':
			b.Flags |= capture.SYN
		case 'F':
			b.Flags |= capture.FIN
		case 'R':
			b.Flags |= capture.RST
		case 'P':
			b.Flags |= capture.PSH
		case 'A', '.':
			b.Flags |= capture.ACK
		default:
			t.Fatalf("flags %q", l.Flags)
		}
	}
	return b
}
