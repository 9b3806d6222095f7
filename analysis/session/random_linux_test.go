package session

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// The environment of TestRandom: how many connections; the seed, a number; and
// one program alone, as "SEED:NUMBER", performed again and again.
const (
	randomCount = "RSTWATCH_RANDOM"
	randomSeed  = "RSTWATCH_RANDOM_SEED"
	randomAgain = "RSTWATCH_RANDOM_AGAIN"
)

// TestRandom lets both ends of many connections make random calls, also at the
// same time, over both families. The model must have predicted what each call
// returned, one result alone for at least 97 of 100; it must give each RST one
// reason, or several where the evidence leaves it open, and the kernel's must be
// among them, but for as few as [tally.bound] allows.
func TestRandom(t *testing.T) {
	r := newRandom(t)
	seed, list := numbers(t)
	defer r.report(t, fmt.Sprintf("%s=%d %s=%d", randomCount, len(list), randomSeed, seed))
	for some := range slices.Chunk(list, len(r.ports)) {
		programs := make([]program, len(some))
		for i, n := range some {
			programs[i] = generate(seed, n)
		}
		for i, f := range r.perform(programs) {
			r.note(t, fmt.Sprintf("%s=%d:%d", randomAgain, seed, some[i]), programs[i], f)
			if r.failed == tooMany {
				return
			}
		}
	}
}

// numbers returns the seed and the numbers of the programs to perform.
func numbers(t *testing.T) (seed uint64, list []uint64) {
	t.Helper()
	count := number(t, randomCount, 1500)
	if testing.Short() {
		count = min(count, 200)
	}
	seed = number(t, randomSeed, uint64(time.Now().UnixNano()))
	list = make([]uint64, count)
	for i := range list {
		list[i] = uint64(i)
	}
	if again := os.Getenv(randomAgain); again != "" {
		if _, err := fmt.Sscanf(again, "%d:%d", &seed, &list[0]); err != nil {
			t.Fatalf("%s=%q: %v", randomAgain, again, err)
		}
		for i := range list {
			list[i] = list[0]
		}
	}
	return seed, list
}

// number returns the number in the environment, or the one given.
func number(t *testing.T, name string, or uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return or
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// random performs programs and judges the model.
type random struct {
	tally
	t       *testing.T
	session *Session
	kernel  *tracer // nil where it can not be heard
	ports   []uint16

	failed int      // connections that were explained wrongly
	first  string   // the first of them, with the least of its steps that was seen to fail
	races  []string // the first connections with an RST that the kernel gave another reason for
}

// atOnce is how many connections are open at once; as many more wait for the
// next fence.
const (
	atOnce  = 6
	between = 8 * atOnce
)

func newRandom(t *testing.T) *random {
	needSandbox(t)
	s, err := openFor(t.Context(), Options{Families: both()}, between)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error("Close:", err)
		}
	})
	k, missing := mayHear(t)
	if missing != "" {
		t.Log("the reasons are not held against the kernel's: that needs " + missing)
	}
	return &random{t: t, session: s, kernel: k, ports: s.ports.Numbers()[:between]}
}

// perform performs programs, no more than there are ports, and returns what is
// wrong with the explanation of each.
func (r *random) perform(programs []program) []finding {
	r.session.tap.take()
	if r.kernel != nil {
		if err := r.kernel.forget(); err != nil {
			r.t.Fatal(err)
		}
	}
	before, err := r.session.handle.Stats()
	if err != nil {
		r.t.Fatal(err)
	}
	played := r.play(programs)
	if err := r.session.close(); err != nil {
		r.t.Fatal(err)
	}
	after, err := r.session.handle.Stats()
	if err != nil {
		r.t.Fatal(err)
	}
	found := make([]finding, len(programs))
	segments := r.session.tap.take()
	if after.Dropped != before.Dropped {
		r.lost += len(programs)
		return found
	}
	var said []heard
	if r.kernel != nil {
		if said, err = r.kernel.heard(); err != nil {
			r.t.Fatal(err)
		}
	}
	for i, events := range played {
		e := evidence(events, segments)
		x, f := r.judge(e, said)
		if len(f.wrong)+len(f.raced) > 0 {
			f.text = show(programs[i], e, x, said)
		}
		found[i] = f
	}
	return found
}

// play performs programs, a few at a time, each on its own port.
func (r *random) play(programs []program) [][]scenario.Event {
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	played := make([][]scenario.Event, len(programs))
	var all sync.WaitGroup
	room := make(chan struct{}, atOnce)
	for i, p := range programs {
		room <- struct{}{}
		all.Go(func() {
			defer func() { <-room }()
			var err error
			if played[i], err = play(ctx, p, r.ports[i]); err != nil {
				r.t.Errorf("%v\n%s", err, p)
			}
		})
	}
	all.Wait()
	return played
}

// patience is for a machine that stands still for minutes, as shared ones do.
const patience = 5 * time.Minute

// tooMany is how many failures end a run, and shrinking how long it takes to make
// the first of them small.
const (
	tooMany   = 10
	shrinking = 20 * time.Second
)

// shrink leaves out steps for as long as the rest still fails now and then.
func (r *random) shrink(p program) program {
	until := time.Now().Add(shrinking)
	fails := func(p program) bool {
		if time.Now().After(until) {
			return false
		}
		programs := slices.Repeat([]program{p}, between)
		return slices.ContainsFunc(r.perform(programs), func(f finding) bool { return len(f.wrong) > 0 })
	}
	for i := 0; i < len(p.steps); {
		if less := p.without(i); fails(less) {
			p = less
		} else {
			i++
		}
	}
	return p
}
