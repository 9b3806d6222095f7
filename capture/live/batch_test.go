package live

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rstwatch/rstwatch/capture"
)

// TestBatch: what is added comes out again, in order, also of a batch that was appended
// and has been reset since.
func TestBatch(t *testing.T) {
	type stamped struct {
		Frame capture.Frame
		At    int64
	}
	want := []stamped{
		{capture.Frame{Link: capture.LinkEthernet, Data: []byte("abc"), Wire: 3}, 1700000000_000000007},
		{capture.Frame{Link: capture.LinkEthernet, Data: []byte{}, Wire: 0}, 0},
		{capture.Frame{Link: capture.LinkEthernet, Data: make([]byte, 512), Wire: 1 << 20}, -1},
		{capture.Frame{Link: capture.LinkEthernet, Data: []byte("d"), Wire: 9}, 2},
	}
	all, some := NewBatch(1), new(Batch)
	for i, w := range want {
		some.Add(w.Frame, time.Unix(0, w.At))
		if i%2 == 1 {
			if all.Fits(some) != (cap(all.packed)-len(all.packed) >= some.Octets()) {
				t.Error("Fits")
			}
			all.Append(some)
			some.Reset()
		}
	}
	var got []stamped
	for at, f := range all.All() {
		got = append(got, stamped{f, at.UnixNano()})
	}
	if d := cmp.Diff(want, got); d != "" || all.Frames() != len(want) || some.Frames() != 0 {
		t.Errorf("%d and %d frames; %s", all.Frames(), some.Frames(), d)
	}
	for range all.All() {
		break
	}
}
