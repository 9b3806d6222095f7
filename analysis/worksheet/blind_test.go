package worksheet_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
)

// telling are words of which any would give an answer away: faults, what Go and
// the systems say of them, reasons, rules, and the names of scenarios. Case does not
// count but in those of one plain word.
func telling() (anyCase, exact []string) {
	exact = []string{string(scenario.EOF), string(scenario.Deadline), string(scenario.Closed), string(scenario.Canceled),
		string(scenario.Other), string(analysis.Blocks)}
	anyCase = []string{string(scenario.UnexpectedEOF), "unexpected EOF", "errors.Is", "use of closed network connection", "i/o timeout",
		"deadline", "context canceled", "rstwatch", "explained", "because", "blocked by policy", "HTTP/1.1", "RFC"}
	for n := syscall.Errno(1); n < 134; n++ {
		if name := unix.ErrnoName(n); name != "" {
			anyCase = append(anyCase, name, n.Error())
		}
	}
	for _, r := range []analysis.Reason{analysis.NoSocket, analysis.TCPFlags, analysis.TimeWaitSocket, analysis.AbortOnData, analysis.AbortOnClose,
		analysis.TCPState, analysis.KeepaliveTimeout, analysis.InvalidSYN, analysis.InvalidAck, analysis.DisconnectWithData} {
		anyCase = append(anyCase, string(r))
	}
	for _, m := range []*analysis.Model{analysis.Linux(), analysis.Darwin()} {
		segments, calls, timers := m.Rules()
		for _, rule := range slices.Concat(segments, calls, timers) {
			if strings.Contains(rule, "-") { // the others are words such as "close" and "data"
				anyCase = append(anyCase, rule)
			}
		}
	}
	for _, sc := range catalog.All() {
		anyCase = append(anyCase, sc.Name, sc.Summary)
	}
	return anyCase, exact
}

// standing returns where in text a word stands for itself, -1 if nowhere.
func standing(text, word string) int {
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' || r == '-' }
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return -1
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(word):])
		if !part(before) && !part(after) {
			return i
		}
		from = i + 1
	}
}

// TestBlind: nothing that students get, names of files and octets of packets
// included, holds a fault, a reason, a rule, a verdict or the name of a scenario.
func TestBlind(t *testing.T) {
	anyCase, exact := telling()
	found := files(t, all(t)...)
	var student, teacher strings.Builder
	for name, data := range found {
		if strings.HasPrefix(name, "student/") {
			student.WriteString(name + "\n" + data + "\n")
		} else {
			teacher.WriteString(name + "\n" + data + "\n")
		}
	}
	told := 0
	look := func(read, known string, words []string) {
		for _, w := range words {
			if i := standing(read, w); i >= 0 {
				t.Errorf("students read %q", read[max(0, i-60):min(len(read), i+len(w)+20)])
			}
			if standing(known, w) >= 0 {
				told++
			}
		}
	}
	for i := range anyCase {
		anyCase[i] = strings.ToLower(anyCase[i])
	}
	look(strings.ToLower(student.String()), strings.ToLower(teacher.String()), anyCase)
	look(student.String(), teacher.String(), exact)
	if told < 150 {
		t.Errorf("the teacher reads %d of the %d words: they are not those that would tell", told, len(anyCase)+len(exact))
	}
}

// TestTraces: each trace has the packets of its run, with the same numbers, times
// and headers, and octets of zero for what they carried; the teacher's has all.
func TestTraces(t *testing.T) {
	runs := all(t)
	found := files(t, runs...)
	if want := 2*len(runs) + 2; len(found) != want {
		t.Errorf("%d files, not %d", len(found), want)
	}
	for i, r := range runs {
		name := fmt.Sprintf("trace-%03d", i+1)
		blind, err := recording.Read(strings.NewReader(found["student/"+name+".pcap"]), analysis.Linux())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var segments []capture.Segment
		if len(blind) > 0 {
			segments = blind[0].Evidence.Segments
			if len(blind) > 1 || len(blind[0].Evidence.Events) > 0 || blind[0].Scenario != "" {
				t.Errorf("%s has more than packets", name)
			}
		}
		if len(segments) != len(r.Evidence.Segments) {
			t.Errorf("%s has %d packets of %d", name, len(segments), len(r.Evidence.Segments))
			continue
		}
		for j, s := range segments {
			w := r.Evidence.Segments[j]
			if s.ID != w.ID || !s.Time.Equal(w.Time) || s.Flags != w.Flags || s.Seq != w.Seq || s.Ack != w.Ack || s.Len != w.Len ||
				s.Src.Port() != w.Src.Port() || s.TTL != w.TTL || s.ICMP.Is() != w.ICMP.Is() {
				t.Errorf("%s, packet %d: %+v, not %+v", name, j+1, s, w)
			}
			head := min(s.Frame.Wire-s.Len, len(s.Frame.Data)) // frames are cut to what was captured
			if carried := s.Frame.Data[head:]; len(bytes.Trim(carried, "\x00")) > 0 && !s.ICMP.Is() {
				t.Errorf("%s, packet %d carries %q", name, j+1, carried)
			}
		}
		whole, err := recording.Read(strings.NewReader(found["teacher/"+name+".pcapng"]), analysis.Linux())
		if err != nil || len(whole) != 1 || whole[0].Scenario != r.Scenario || len(whole[0].Verdicts) != len(r.Verdicts) {
			t.Errorf("%s: the teacher's recording reads %v, %v", name, whole, err)
		}
	}
}
