package recording_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// walk goes through the blocks of a pcapng file by their lengths, as a reader
// that knows nothing of this package would, and returns the bodies by type.
func walk(t *testing.T, b []byte) map[uint32][][]byte {
	t.Helper()
	blocks := make(map[uint32][][]byte)
	for len(b) > 0 {
		if len(b) < 12 {
			t.Fatalf("%d octets at the end", len(b))
		}
		kind, n := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[4:])
		if n < 12 || n%4 != 0 || uint64(n) > uint64(len(b)) || binary.LittleEndian.Uint32(b[n-4:]) != n {
			t.Fatalf("a block of type %#x with a length of %d", kind, n)
		}
		blocks[kind] = append(blocks[kind], b[8:n-4])
		b = b[n:]
	}
	return blocks
}

// field returns the values of the lines NAME=value of a journal entry.
func field(body []byte, name string) (values []string) {
	for line := range strings.Lines(strings.TrimRight(string(body), "\x00")) {
		if v, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), name+"="); ok {
			values = append(values, v)
		}
	}
	return values
}

func TestSecondReaderFindsEverything(t *testing.T) {
	runs := []*analysis.Run{fromText(t, 1, "a", resetOnRead, scenario.IPv4), fromText(t, 2, "b", resetOnRead, scenario.IPv6)}
	check(t, runs)
	t.Run("live", func(t *testing.T) { check(t, liveRuns(t)) })
}

// check compares what the walker finds with the runs.
func check(t *testing.T, runs []*analysis.Run) {
	t.Helper()
	want := make(map[string]int)
	segments := 0
	for _, r := range runs {
		want["run"]++
		want["call"] += len(r.Evidence.Events)
		want["verdict"] += len(r.Verdicts)
		if n := len(r.Evidence.Signals); n > 0 {
			want["signal"] += n
		}
		segments += len(r.Evidence.Segments)
		for _, ev := range r.Evidence.Events {
			for _, s := range r.Evidence.Segments {
				if s.Time.After(ev.Start) && s.Time.Before(ev.End) {
					want["start"]++
					break
				}
			}
		}
	}
	blocks := walk(t, write(t, runs...))
	got := make(map[string]int)
	calls := make(map[string]bool)
	for _, body := range blocks[9] {
		kind := field(body, "RSTWATCH_KIND")
		if len(kind) != 1 {
			t.Fatalf("an entry of the kinds %q", kind)
		}
		got[kind[0]]++
		if kind[0] == "call" {
			calls[fmt.Sprint(field(body, "RSTWATCH_RUN"), field(body, "RSTWATCH_ID"))] = true
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("journal entries by kind (-run +file)\n%s", d)
	}
	if len(calls) != want["call"] {
		t.Errorf("%d different calls, want %d", len(calls), want["call"])
	}
	if n := len(blocks[6]); n != segments {
		t.Errorf("%d packets, want %d", n, segments)
	}
}

// TestTsharkOrder: Wireshark lists calls and segments as they happened. Journal
// entries have stamps in whole microseconds.
func TestTsharkOrder(t *testing.T) {
	runs := liveRuns(t)
	b := write(t, runs...)
	last, frames := "", 0
	for line := range strings.Lines(tshark(t, b, "-T", "fields", "-e", "frame.time_epoch")) {
		seconds, fraction, _ := strings.Cut(strings.TrimSpace(line), ".")
		if len(fraction) < 6 {
			t.Fatalf("a time of %q", line)
		}
		if at := seconds + fraction[:6]; at < last {
			t.Errorf("frame %d is at %s, after one at %s", frames+1, at, last)
		} else {
			last = at
		}
		frames++
	}
	blocks := walk(t, b)
	if want := len(blocks[6]) + len(blocks[9]); frames != want {
		t.Errorf("tshark lists %d frames of %d", frames, want)
	}
}

// TestTsharkComment: of reset-on-read the comments name the segment that was
// decisive, and what it did.
func TestTsharkComment(t *testing.T) {
	run := fromText(t, 1, "reset-on-read", resetOnRead, scenario.IPv4)
	out := tshark(t, write(t, run), "-Y", "frame.comment contains \"caused\"", "-T", "fields", "-E", "separator=|",
		"-e", "tcp.flags.reset", "-e", "tcp.seq_raw", "-e", "frame.comment")
	want := "#6 RST,ACK; sent by server close; TCP_ABORT_ON_CLOSE; client: ESTABLISHED → CLOSED, ECONNRESET pending; " +
		"caused client read → ECONNRESET; caused client read → EOF"
	seq := strconv.FormatUint(uint64(run.Segment(6).Seq), 10)
	if d := cmp.Diff("1|"+seq+"|"+want+"\n", out); d != "" {
		t.Errorf("(-want +tshark)\n%s", d)
	}
	// Those that have no part in it have none.
	out = tshark(t, write(t, run), "-Y", "tcp and not frame.comment", "-T", "fields", "-e", "tcp.flags")
	if n := strings.Count(out, "\n"); n == 0 || n >= len(run.Evidence.Segments) {
		t.Errorf("%d of %d segments have no comment", n, len(run.Evidence.Segments))
	}
}

// TestStatistics: the counters of a section are those of its run.
func TestStatistics(t *testing.T) {
	a, b := fromText(t, 1, "a", resetOnRead, scenario.IPv4), fromText(t, 2, "b", resetOnRead, scenario.IPv4)
	a.Capture.Stats = capture.Stats{Delivered: 6, Dropped: 2}
	b.Capture.Stats = capture.Stats{Delivered: 7, Dropped: 0}
	checkStatistics(t, walk(t, write(t, a, b))[5], [][3]uint64{{8, 2, 6}, {7, 0, 7}})
}

// TestManySections: beyond a thousand runs the last section has all the others.
func TestManySections(t *testing.T) {
	r := fromText(t, 1, "a", short, scenario.IPv4)
	r.Capture.Stats = capture.Stats{Delivered: 6, Dropped: 1}
	runs := make([]*analysis.Run, 1003)
	for i := range runs {
		runs[i] = r
	}
	b := write(t, runs...)
	blocks := walk(t, b)
	want := make([][3]uint64, 1000)
	for i := range want {
		want[i] = [3]uint64{7, 1, 6}
	}
	want[999] = [3]uint64{28, 4, 24}
	checkStatistics(t, blocks[5], want)
	if n := len(blocks[section]); n != 1000 {
		t.Errorf("%d sections", n)
	}
	if n := len(read(t, b)); n != len(runs) {
		t.Errorf("it reads %d runs of %d", n, len(runs))
	}
}

// checkStatistics compares, of each statistics block, how many frames were
// received, dropped and delivered.
func checkStatistics(t *testing.T, blocks [][]byte, want [][3]uint64) {
	t.Helper()
	if len(blocks) != len(want) {
		t.Fatalf("%d statistics blocks, not %d", len(blocks), len(want))
	}
	for i := range blocks {
		for j, code := range []uint16{4, 5, 8} {
			option := binary.LittleEndian.AppendUint16(nil, code)
			option = binary.LittleEndian.AppendUint16(option, 8)
			option = binary.LittleEndian.AppendUint64(option, want[i][j])
			if !bytes.Contains(blocks[i], option) {
				t.Errorf("block %d: option %d is not %d", i, code, want[i][j])
			}
		}
	}
}
