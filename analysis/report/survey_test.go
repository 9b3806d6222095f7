package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
)

// surveyed is a survey of three connections: refused, reset in answer to data
// with another time to live, closed and seen in one direction only.
func surveyed() *survey.Tracker {
	const syn, ack, fin, rst = capture.SYN, capture.ACK, capture.FIN, capture.RST
	t := survey.New(0, nil)
	frame := uint32(0)
	add := func(client uint16, up bool, f capture.Flags, seq, peer capture.Seq, length int32, ttl uint8) {
		frame++
		b := capture.Brief{Src: [16]byte{10: 0xff, 11: 0xff, 12: 10, 15: 1}, SrcPort: client,
			Dst: [16]byte{10: 0xff, 11: 0xff, 12: 192, 14: 2, 15: 9}, DstPort: 443,
			Flags: f, Seq: seq, Ack: peer, Len: length, TTL: ttl, Window: 512}
		if !up {
			b.Src, b.SrcPort, b.Dst, b.DstPort = b.Dst, b.DstPort, b.Src, b.SrcPort
		}
		if f.Has(rst) {
			b.Window = 0
		}
		t.Add(1_700_000_000_000_000_000+int64(frame)*250_000, frame, &b)
	}
	add(1001, true, syn, 100, 0, 0, 64)
	add(1001, false, rst|ack, 0, 101, 0, 63)
	add(1002, true, syn, 100, 0, 0, 64)
	add(1002, false, syn|ack, 500, 101, 0, 63)
	add(1002, true, ack, 101, 501, 0, 64)
	add(1002, true, ack, 101, 501, 1400, 64)
	add(1002, false, rst, 501, 0, 0, 250)
	add(1003, true, ack, 7000, 8000, 10, 64)
	add(1003, true, fin|ack, 7010, 8000, 0, 64)
	return t
}

func TestSurveyViews(t *testing.T) {
	var all bytes.Buffer
	show := func(name string, print func(*bytes.Buffer, *survey.Tracker, iter.Seq[survey.Connection]) error) {
		tr := surveyed()
		fmt.Fprintf(&all, "-- %s --\n", name)
		if err := print(&all, tr, tr.Connections()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, width := range []int{80, 120} {
		show(fmt.Sprint("text, ", width), func(b *bytes.Buffer, tr *survey.Tracker, list iter.Seq[survey.Connection]) error {
			if err := SurveySummary(b, tr.Summary(), Options{Width: width}); err != nil {
				return err
			}
			return SurveyList(b, list, Options{Width: width})
		})
	}
	show("ASCII", func(b *bytes.Buffer, _ *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyList(b, list, Options{Width: 80, ASCII: true})
	})
	show("JSON", func(b *bytes.Buffer, tr *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyJSON(b, tr.Summary(), list)
	})
	show("text, two of them", func(b *bytes.Buffer, _ *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyList(b, list, Options{Width: 80, Most: 2})
	})
	none := func(func(survey.Connection) bool) {}
	show("nothing to list", func(b *bytes.Buffer, tr *survey.Tracker, _ iter.Seq[survey.Connection]) error {
		if err := SurveyJSON(b, survey.Summary{Of: 3}, none); err != nil {
			return err
		}
		return SurveyList(b, none, Options{Width: 80})
	})
	show("JSON, summary", func(b *bytes.Buffer, tr *survey.Tracker, _ iter.Seq[survey.Connection]) error {
		return SurveyJSON(b, tr.Summary(), nil)
	})
	show("lines", func(b *bytes.Buffer, _ *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyLines(b, list)
	})
	show("CSV", func(b *bytes.Buffer, _ *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyCSV(b, list)
	})
	compare(t, "survey.txt", all.String())
}

// What is no whole segment is counted in the summary, where there is any.
func TestSurveyFrames(t *testing.T) {
	for _, tt := range []struct {
		f          survey.Frames
		text, json string
	}{
		{survey.Frames{}, "", ""},
		{survey.Frames{NotTCP: 1}, "1 frame of other protocols\n", `{"not_tcp":1}`},
		{survey.Frames{Fragmented: 1, Fragments: 2}, "IP fragments: of 1 segment only the first is read, 2 fragments passed over\n",
			`{"fragmented":1,"fragments":2}`},
		{survey.Frames{Cut: 3}, "3 frames cut off before the TCP header ended: snap length too small\n", `{"cut_short":3}`},
		{survey.Frames{Malformed: 4, Unknown: 5},
			"4 frames with headers that contradict themselves\n5 frames of a link type that is not known here\n",
			`{"malformed":4,"unknown_link_type":5}`},
	} {
		tr := surveyed()
		var before, text, doc bytes.Buffer
		err := SurveySummary(&before, tr.Summary(), Options{Width: 80})
		tr.Frames(tt.f)
		err = errors.Join(err, SurveySummary(&text, tr.Summary(), Options{Width: 80}), SurveyJSON(&doc, tr.Summary(), nil))
		if err != nil {
			t.Fatal(err)
		}
		head, rest, _ := strings.Cut(before.String(), "\n\n")
		if want := head + "\n" + tt.text + "\n" + rest; text.String() != want {
			t.Errorf("%+v: %s", tt.f, text.String())
		}
		var got struct {
			Summary struct{ Frames json.RawMessage }
		}
		var frames bytes.Buffer
		if err = json.Unmarshal(doc.Bytes(), &got); err == nil && got.Summary.Frames != nil {
			err = json.Compact(&frames, got.Summary.Frames)
		}
		if err != nil || frames.String() != tt.json {
			t.Errorf("%+v: %s, %v", tt.f, frames.String(), err)
		}
	}
}

// TestReasonWords holds what is said of each kind of class.
func TestReasonWords(t *testing.T) {
	for _, tt := range []struct {
		kind survey.Kind
		list []string
		want string
	}{
		{survey.Refusal, []string{"NO_SOCKET"}, "NO_SOCKET, or a firewall's reject"},
		{survey.Passive, []string{"A", "B"}, "one of A, B, or a firewall's reject"},
		{survey.Passive, []string{"A"}, "A"},
		{survey.Active, []string{"A", "B"}, "one of A, B"},
		{survey.Active, nil, "no reason of Linux: another system such as macOS, or a middlebox"},
		{survey.Foreign, nil, "made as no kernel makes one: a middlebox, or forged"},
	} {
		if got := reasonWords(tt.kind, tt.list); got != tt.want {
			t.Errorf("%s %q: %q, want %q", tt.kind, tt.list, got, tt.want)
		}
	}
}
