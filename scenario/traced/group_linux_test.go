//go:build amd64 || arm64

package traced

import "testing"

// TestGroupSignals: of each signal that comes to a whole group the program takes one,
// in whatever order its own and the one passed on come, and whichever is lost in one
// that is still pending.
func TestGroupSignals(t *testing.T) {
	const own, passed, waits = "own", "passed on", "waits" // waits: one passed on finds another pending
	const taken = "taken"                                  // passed on, with another pending behind it
	for name, c := range map[string]struct {
		happens []string
		takes   int
	}{
		"one":                                             {[]string{own, passed}, 1},
		"one, and its twin finds it":                      {[]string{waits, own}, 1},
		"two, one after the other":                        {[]string{own, passed, own, passed}, 2},
		"two, both passed on late":                        {[]string{own, own, passed, passed}, 2},
		"two, the second passed on waits":                 {[]string{own, own, waits, passed}, 2},
		"two, the second lost in the first passed on":     {[]string{own, waits, passed}, 2},
		"two, the second as the first passed on is taken": {[]string{own, waits, taken, own}, 2},
		"one, its twin looked at first":                   {[]string{passed, own}, 1},
		"two, both twins looked at first":                 {[]string{passed, own, passed, own}, 2},
		"two to the tracer, one to all":                   {[]string{passed, passed, own, passed}, 3},
		"to the tracer alone":                             {[]string{passed}, 1},
	} {
		r, took := new(received), 0
		for _, h := range c.happens {
			if h == waits {
				r.ahead++
			} else if !r.known(h == passed || h == taken, h == taken) {
				took++
			}
		}
		if took != c.takes {
			t.Errorf("%s: the program takes %d, want %d", name, took, c.takes)
		}
	}
}
