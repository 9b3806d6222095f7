package session

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// bound is how many RSTs the kernel may have given another reason for.
func (n *tally) bound() int { return 3 + n.resets/2500 }

// note keeps what was found wrong with one connection; again is how to perform
// it again. What is said at once is one line: what matters stands at the end.
func (r *random) note(t *testing.T, again string, p program, f finding) {
	t.Helper()
	if len(f.raced) > 0 && len(r.races) < tooMany {
		r.races = append(r.races, fmt.Sprintf("%s\n%v", again, f))
	}
	if len(f.wrong) == 0 {
		return
	}
	t.Errorf("%s: %s", again, strings.Join(f.wrong, "; "))
	if r.failed++; r.failed == 1 {
		whole := r.tally
		r.first = fmt.Sprintf("%s\n%v\nthe least of it that was seen to fail:\n%s", again, f, r.shrink(p))
		r.tally = whole
	}
}

// report prints the tally and fails where the model was too often undecided, or
// too often of another opinion than the kernel. What one needs to know of a
// failure comes last: a log is often cut at its beginning.
func (r *random) report(t *testing.T, begun string) {
	t.Helper()
	part := 100 * float64(r.alone) / float64(max(r.calls, 1))
	for _, race := range r.races {
		t.Logf("an RST that the kernel gave another reason for: %s", race)
	}
	if r.failed > 0 {
		t.Logf("%d connections were explained wrongly; the first: %s", r.failed, r.first)
	}
	t.Logf("%d calls, one result predicted for %.2f %%; %d RSTs, the kernel's reason inferred for %d, one of several for %d; "+
		"%d verdicts inconclusive; %d connections left out, for frames were lost; %v to explain",
		r.calls, part, r.resets, r.heard, r.several, r.inconclusive, r.lost, r.explaining.Round(time.Millisecond))
	if r.raced > r.bound() {
		t.Errorf("%d RSTs of %d for another reason than the kernel gave, more than %d", r.raced, r.resets, r.bound())
	}
	if part < 97 {
		t.Errorf("one result was predicted for %.2f %% of the calls, want 97 %%", part)
	}
	t.Log(begun)
}
