package analysis_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// layout is how another tool might write a recording: its byte order, the unit
// of its stamps, and where the calls stand among the segments.
type layout struct {
	order  binary.AppendByteOrder
	unit   time.Duration
	calls  string // "first", "last", "by start"
	extras bool   // blocks and fields that nobody knows
}

// layouts are tried in turn.
var layouts = map[string]layout{
	"little endian":   {binary.LittleEndian, time.Nanosecond, "by start", false},
	"calls first":     {binary.LittleEndian, time.Nanosecond, "first", true},
	"calls backwards": {binary.BigEndian, time.Nanosecond, "last", true},
	"microseconds":    {binary.BigEndian, time.Microsecond, "by start", false},
}

// TestRecordedAsPcapng gives the recorded runs to the reader of recordings as
// pcapng files that another program might have written, as seen from either
// host: what is said of each call is what the run itself gives.
func TestRecordedAsPcapng(t *testing.T) {
	paths, err := filepath.Glob("testdata/runs/*.jsonl")
	if err != nil || len(paths) == 0 {
		t.Fatal("no recorded runs", err)
	}
	calls, exact := 0, 0
	for _, path := range paths {
		for _, who := range []string{"cli", "srv"} {
			e := recorded(t, path, who)
			if len(e.Events)+len(e.Segments) == 0 {
				continue // nobody looked at that host
			}
			want := analysis.Explain(e)
			for name, l := range layouts {
				got := l.read(t, e)
				for i, c := range got.Calls {
					if w := want.Calls[i]; c.Event != w.Event || c.Certainty != w.Certainty || !slices.Equal(c.Predicted, w.Predicted) {
						t.Errorf("%s %s, %s: call %d: %q %s, want %q %s", filepath.Base(path), who, name, c.Event, c.Predicted, c.Certainty, w.Predicted, w.Certainty)
					}
					if l.unit == time.Nanosecond {
						calls++
						exact += map[bool]int{true: 1}[c.Certainty == analysis.Exact && slices.Equal(c.Predicted, []scenario.Fault{got.Event(c.Event).Fault})]
					}
					checkCertainty(t, got, c)
				}
				if len(got.Calls) != len(want.Calls) || got.Outcome != want.Outcome {
					t.Errorf("%s %s, %s: %d calls, %s; want %d, %s", filepath.Base(path), who, name, len(got.Calls), got.Outcome, len(want.Calls), want.Outcome)
				}
			}
		}
	}
	if exact*100 < calls*97 {
		t.Errorf("%d of %d predictions are exact and right, want 97 %%", exact, calls)
	}
}

// checkCertainty: a race has a segment that the call may have met.
func checkCertainty(t *testing.T, run *analysis.Run, c analysis.Call) {
	t.Helper()
	ev := run.Event(c.Event)
	met := slices.ContainsFunc(run.Evidence.Segments, func(s capture.Segment) bool {
		return !s.Time.Before(ev.Start.Add(-60*time.Microsecond)) && !s.Time.After(ev.End)
	})
	if c.Certainty == analysis.Race && !met {
		t.Errorf("call %d is a race with no segment", c.Event)
	}
}

// read writes e in this layout and reads it back.
func (l layout) read(t *testing.T, e analysis.Evidence) *analysis.Run {
	t.Helper()
	runs, err := recording.Read(bytes.NewReader(l.file(e)), e.Model)
	if err != nil || len(runs) != 1 {
		t.Fatalf("%d runs, %v", len(runs), err)
	}
	return runs[0]
}

// file returns e as a pcapng file (draft-ietf-opsawg-pcapng).
func (l layout) file(e analysis.Evidence) []byte {
	section := l.order.AppendUint32(nil, 0x1a2b3c4d)
	section = l.order.AppendUint16(l.order.AppendUint16(section, 1), 0)
	section = l.order.AppendUint64(section, ^uint64(0))
	resolution := byte(9)
	if l.unit == time.Microsecond {
		resolution = 6
	}
	iface := l.order.AppendUint16(nil, 101) // LINKTYPE_RAW
	iface = l.order.AppendUint32(l.order.AppendUint16(iface, 0), 0)
	iface = l.order.AppendUint16(l.order.AppendUint16(iface, 9), 1) // if_tsresol
	iface = append(iface, resolution, 0, 0, 0)
	file := append(l.block(0x0a0d0d0a, section), l.block(1, iface)...)
	type timed struct {
		at    time.Time
		bytes []byte
	}
	var blocks, calls []timed
	for i := range e.Segments {
		s := &e.Segments[i]
		blocks = append(blocks, timed{s.Time, l.block(6, l.packet(s))})
	}
	for i := range e.Events {
		calls = append(calls, timed{e.Events[i].Start, l.block(9, l.journal(&e.Events[i]))})
	}
	switch l.calls {
	case "first":
		blocks = append(calls, blocks...)
	case "last":
		slices.Reverse(calls)
		blocks = append(blocks, calls...)
	default:
		blocks = append(blocks, calls...)
		slices.SortStableFunc(blocks, func(a, b timed) int { return a.at.Compare(b.at) })
	}
	for _, b := range blocks {
		if l.extras {
			file = append(file, l.block(0x0bad, []byte("of another tool"))...)
		}
		file = append(file, b.bytes...)
	}
	return file
}

// block frames a body, padded to 32 bits.
func (l layout) block(kind uint32, body []byte) []byte {
	for len(body)%4 != 0 {
		body = append(body, 0)
	}
	b := l.order.AppendUint32(l.order.AppendUint32(nil, kind), uint32(len(body)+12))
	return l.order.AppendUint32(append(b, body...), uint32(len(body)+12))
}

// packet is the body of an Enhanced Packet Block.
func (l layout) packet(s *capture.Segment) []byte {
	frame := datagram(s)
	at := uint64(s.Time.UnixNano() / int64(l.unit))
	b := l.order.AppendUint32(nil, 0)
	b = l.order.AppendUint32(l.order.AppendUint32(b, uint32(at>>32)), uint32(at))
	b = l.order.AppendUint32(b, uint32(len(frame)))
	return append(l.order.AppendUint32(b, uint32(len(frame))), frame...)
}

// journal is the body of a systemd Journal Export Block: fields in no order.
func (l layout) journal(ev *scenario.Event) []byte {
	fields := map[string]string{
		"__REALTIME_TIMESTAMP": strconv.FormatInt(ev.End.UnixMicro(), 10), "MESSAGE": fmt.Sprintf("%s %s", ev.Role, ev.Op),
		"RSTWATCH_KIND": "call", "RSTWATCH_ID": strconv.Itoa(ev.ID), "RSTWATCH_CONN": strconv.Itoa(ev.Conn),
		"RSTWATCH_ROLE": string(ev.Role), "RSTWATCH_OP": string(ev.Op), "RSTWATCH_LOCAL": ev.Local.String(),
		"RSTWATCH_REMOTE": ev.Remote.String(), "RSTWATCH_START": strconv.FormatInt(ev.Start.UnixNano(), 10),
		"RSTWATCH_END": strconv.FormatInt(ev.End.UnixNano(), 10), "RSTWATCH_ASKED": strconv.Itoa(ev.Asked),
		"RSTWATCH_N": strconv.Itoa(ev.N),
	}
	if ev.Fault != "" {
		fields["RSTWATCH_FAULT"], fields["RSTWATCH_ERROR"] = string(ev.Fault), ev.Err
	}
	if !ev.Deadline.IsZero() {
		fields["RSTWATCH_DEADLINE"] = strconv.FormatInt(ev.Deadline.UnixNano(), 10)
	}
	if l.extras {
		fields["_HOSTNAME"], fields["RSTWATCH_FLAVOUR"] = "elsewhere", "strange"
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		fmt.Fprintf(&text, "%s=%s\n", name, fields[name])
	}
	return []byte(text.String())
}

// datagram builds the IP datagram that s was decoded from, as far as s says.
func datagram(s *capture.Segment) []byte {
	tcp := binary.BigEndian.AppendUint16(nil, s.Src.Port())
	tcp = binary.BigEndian.AppendUint16(tcp, s.Dst.Port())
	tcp = binary.BigEndian.AppendUint32(tcp, uint32(s.Seq))
	if s.ICMP.Is() {
		return message(s, ip(s.Src.Addr().AsSlice(), s.Dst.Addr().AsSlice(), 6, tcp))
	}
	var options []byte
	if s.Options.HasScale {
		options = append(options, 1, 3, 3, s.Options.WindowScale)
	}
	tcp = binary.BigEndian.AppendUint32(tcp, uint32(s.Ack))
	tcp = append(tcp, byte(20+len(options))<<2, byte(s.Flags))
	tcp = binary.BigEndian.AppendUint16(tcp, uint16(s.Window))
	tcp = append(append(tcp, 0, 0, 0, 0), options...)
	return ip(s.Src.Addr().AsSlice(), s.Dst.Addr().AsSlice(), 6, append(tcp, make([]byte, s.Len)...))
}

// message is the ICMP error s about the datagram quoted.
func message(s *capture.Segment, quoted []byte) []byte {
	protocol := byte(1)
	if s.ICMP.To.Is6() {
		protocol = 58
	}
	body := append([]byte{s.ICMP.Type, s.ICMP.Code, 0, 0, 0, 0, 0, 0}, quoted...)
	return ip(s.ICMP.From.AsSlice(), s.ICMP.To.AsSlice(), protocol, body)
}

// ip puts a header before a payload.
func ip(src, dst []byte, protocol byte, payload []byte) []byte {
	var h []byte
	if len(src) == 4 {
		h = binary.BigEndian.AppendUint16([]byte{0x45, 0}, uint16(20+len(payload)))
		h = append(h, 0, 0, 0x40, 0, 64, protocol, 0, 0)
	} else {
		h = binary.BigEndian.AppendUint16([]byte{0x60, 0, 0, 0}, uint16(len(payload)))
		h = append(h, protocol, 64)
	}
	return slices.Concat(h, src, dst, payload)
}
