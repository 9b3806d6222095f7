package survey

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/capture"
)

// TestSum: the sum of all connections is the summary, and that of some has
// theirs alone.
func TestSum(t *testing.T) {
	w := &wire{t: New(0, nil)}
	for n := range 6 {
		w.handshake(n)
		switch {
		case n%3 == 0:
			w.seg(n, false, capture.RST, 501, 0, 0)
		case n%3 == 1:
			w.seg(n, true, capture.RST|capture.ACK, 101, 501, 0)
		}
	}
	tr := w.t
	whole := tr.Summary()
	if whole.Connections == 0 || len(whole.Classes) == 0 || len(whole.Talkers) == 0 {
		t.Fatalf("nothing to compare: %+v", whole)
	}
	opts := cmp.Options{cmpopts.IgnoreUnexported(Summary{}), cmpopts.EquateComparable(netip.Addr{})}
	if d := cmp.Diff(whole, Sum(whole, tr.Connections()), opts); d != "" {
		t.Errorf("of all (-summary +sum):\n%s", d)
	}
	resets := uint64(0)
	some := Sum(whole, func(yield func(Connection) bool) {
		for c := range tr.Connections() {
			if c.Reset != nil {
				if resets++; !yield(c) {
					return
				}
			}
		}
	})
	if some.Connections != resets || some.Of != whole.Of || some.Endings[Closed] != 0 || some.Segments.RST != whole.Segments.RST {
		t.Errorf("of those with a RST: %+v, %d of them", some, resets)
	}
	if d := cmp.Diff(whole.Classes, some.Classes); d != "" {
		t.Errorf("classes:\n%s", d)
	}
}
