package postmortem

import (
	"context"
	"runtime/debug"
	"testing"
)

// TestLean: the collector is held down while there is a large survey, and set
// back after.
func TestLean(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	ballast := make([]byte, 100<<20)
	c, err := Open(context.Background(), []string{traffic(t, 800, 100)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Survey(context.Background(), Options{}); err != nil {
		t.Error(err)
	}
	low := debug.SetGCPercent(100)
	debug.SetGCPercent(low)
	if low < 1 || low*len(ballast)/100 > 2*spare {
		t.Errorf("%d %% of %d octets", low, len(ballast))
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if after := debug.SetGCPercent(100); after != 100 {
		t.Errorf("%d %% afterwards", after)
	}
	ballast[0] = 1 // until here it is needed
}
