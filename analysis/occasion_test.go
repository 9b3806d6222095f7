package analysis_test

import (
	"net/netip"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
)

func TestOccasion(t *testing.T) {
	a, b := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	r := analysis.Run{Evidence: analysis.Evidence{Segments: []capture.Segment{
		{ID: 1, Src: a, Dst: b, Seq: 1, Len: 4},
		{ID: 2, Src: a, Dst: b, Seq: 1, Len: 4},
		{ID: 3, Src: b, Dst: a, Seq: 1},
		{ID: 4, Src: a, Dst: b, Seq: 5, Flags: capture.RST},
		{ID: 5, Src: a, Dst: b, Seq: 5, Flags: capture.RST},
		{ID: 6, Src: a, Dst: a, Seq: 1, Len: 4},
		{ID: 7, Src: a, Dst: a, Seq: 1, Len: 4},
		{ID: 8, Src: a, Dst: b},
	}}}
	r.Notes = make(map[int]analysis.Note)
	for id, from := range map[int]int{2: 1, 3: 2, 4: 2, 5: 5, 7: 6, 8: 99} {
		r.Notes[id] = analysis.Note{From: analysis.Link{Segment: from}}
	}
	for id, want := range map[int]string{
		1: "", 2: "a repetition of what #1 carried", 3: "the answer to #2", 4: "after #2",
		5: "", 7: "the answer to #6", 8: "",
	} {
		if got := r.Occasion(r.Segment(id)); got != want {
			t.Errorf("#%d: %q, not %q", id, got, want)
		}
	}
}
