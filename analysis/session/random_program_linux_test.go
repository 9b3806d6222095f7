package session

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/scenario"
)

// program is what both ends of one connection do.
type program struct {
	family   scenario.Family
	refused  bool // nobody listens any more
	together bool // either end makes its calls in a goroutine of its own
	steps    []step
}

// step is one call.
type step struct {
	role   scenario.Role
	op     scenario.Op
	n      int           // octets, seconds of a set-linger, or how to shut down
	within time.Duration // the deadline from then on; 0 for none
	aside  bool          // in a goroutine of its own, joined when the socket is closed
	pause  time.Duration // before it: most are longer than the stamps are vague
}

// opCloseListener is a step of the server that closes its listener.
const opCloseListener scenario.Op = "close-listener"

// String returns the steps as a person would type them in a text story.
func (p program) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# over %s", p.family)
	if p.together {
		b.WriteString(", both ends at once")
	}
	if p.refused {
		b.WriteString(", the listener closed before")
	}
	b.WriteString("\nclient dial\n")
	for _, s := range p.steps {
		fmt.Fprintln(&b, s)
	}
	return b.String()
}

func (s step) String() string {
	text := fmt.Sprintf("%s %s", s.role, s.op)
	switch s.op {
	case scenario.OpRead, scenario.OpPeek, scenario.OpWrite, scenario.OpSetLinger, scenario.OpShutdown:
		text += fmt.Sprintf(" %d", s.n)
	}
	if s.within != 0 {
		text += fmt.Sprintf(" within %v", s.within)
	}
	if s.aside {
		text += " ..."
	}
	return fmt.Sprintf("%-40s # %v after the one before", text, s.pause)
}

// generate makes the program of this number: always the same one for a seed.
func generate(seed, number uint64) program {
	r := rand.New(rand.NewPCG(seed, number))
	p := program{family: both()[r.IntN(2)], together: r.IntN(3) == 0, refused: r.IntN(100) == 0}
	if p.refused {
		return p
	}
	for range 2 + r.IntN(12) {
		p.steps = append(p.steps, randomStep(r))
	}
	// Accepted early, late, or never; and the listener closed somewhere.
	n := len(p.steps)
	accept := step{role: scenario.Server, op: scenario.OpAccept, pause: pause(r)}
	switch r.IntN(10) {
	case 0: // never
	case 1, 2:
		p.insert(r.IntN(n+1), accept)
	default:
		p.insert(0, accept)
	}
	if r.IntN(2) == 0 {
		p.insert(r.IntN(n+1), step{role: scenario.Server, op: opCloseListener, pause: pause(r)})
	}
	return p
}

func (p *program) insert(at int, s step) {
	p.steps = append(p.steps[:at], append([]step{s}, p.steps[at:]...)...)
}

// without returns the program without its i-th step.
func (p program) without(i int) program {
	p.steps = append(append([]step(nil), p.steps[:i]...), p.steps[i+1:]...)
	return p
}

func randomStep(r *rand.Rand) step {
	s := step{role: scenario.Client, pause: pause(r)}
	if r.IntN(2) == 0 {
		s.role = scenario.Server
	}
	within := time.Duration(100+r.IntN(900)) * time.Microsecond
	switch k := r.IntN(100); {
	case k < 32:
		s.op, s.n, s.within = scenario.OpWrite, size(r), 2*time.Millisecond
		s.aside = r.IntN(20) == 0
	case k < 60:
		s.op, s.n, s.within = scenario.OpRead, size(r), within
		if r.IntN(20) == 0 {
			s.within = -time.Second // passed before the call
		}
		if r.IntN(12) == 0 {
			s.aside, s.within = true, 0
		}
	case k < 66:
		s.op, s.n = scenario.OpPeek, 1+r.IntN(64)
	case k < 73:
		s.op = scenario.OpCloseWrite
	case k < 77:
		s.op = scenario.OpCloseRead
	case k < 79:
		s.op, s.n = scenario.OpShutdown, 2
	case k < 84:
		s.op, s.n = scenario.OpSetLinger, -r.IntN(2)
	case k < 88:
		s.op = scenario.OpSOError
	case k < 92:
		s.op = scenario.OpPoll
	default:
		s.op = scenario.OpClose
	}
	return s
}

// size is a number of octets, small or large, now and then none.
func size(r *rand.Rand) int {
	sizes := [...]int{0, 1, 2, 3, 10, 100, 1000, 1460, 4096, 20_000, 65_483, 100_000}
	return sizes[r.IntN(len(sizes))]
}

func pause(r *rand.Rand) time.Duration {
	if r.IntN(12) == 0 {
		return 0
	}
	return time.Duration(90+r.IntN(200)) * time.Microsecond
}
