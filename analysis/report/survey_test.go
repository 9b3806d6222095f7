package report

import (
	"bytes"
	"fmt"
	"iter"
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
	show("JSON, summary", func(b *bytes.Buffer, tr *survey.Tracker, _ iter.Seq[survey.Connection]) error {
		return SurveyJSON(b, tr.Summary(), nil)
	})
	show("lines", func(b *bytes.Buffer, _ *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyLines(b, list)
	})
	show("CSV", func(b *bytes.Buffer, _ *survey.Tracker, list iter.Seq[survey.Connection]) error {
		return SurveyCSV(b, list)
	})
	golden(t, "survey.txt", all.String())
}
