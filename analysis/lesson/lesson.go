package lesson

import (
	"net/netip"
	"slices"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// Options say how a lesson is drawn.
type Options struct {
	Color   bool // ANSI colours
	ASCII   bool // no characters beyond ASCII
	States  bool // both kernels' sockets beside the ladder
	Verbose bool // also the listener, and the calls that nothing came of
}

// MinWidth and MinHeight are the least screen that a lesson fits.
const (
	MinWidth  = 80
	MinHeight = 24
)

// End is one end of a connection, or a listener (whose Remote is invalid), and
// what the kernel said of its socket.
type End struct {
	Local, Remote netip.AddrPort
	scenario.Sight
}

// Now is what is known at a moment.
type Now struct {
	Time  time.Time     // zero where nothing happens any more: in a recording
	Run   *analysis.Run // what has been seen until then, explained
	Ends  []End         // as the kernel said just then
	Story string        // what the story does besides calls; "" if nothing
	// Trouble is what kept the kernel from saying it, "" if nothing did.
	Trouble string
}

// Lesson is the state of the screen. It is not safe for concurrent use.
type Lesson struct {
	opts          Options
	width, height int
	scenario      *scenario.Scenario

	now    Now
	told   *analysis.Run // as it was told last; hoped is what is shown of it
	hoped  *analysis.Run
	names  [][2]scenario.Role // of the newest run: who stands at the edges of its ladders
	spots  []spot             // and its moments
	seen   []reading          // what the kernel said, in order of time
	origin string             // when and where it was recorded; "" if it happens now
	calls  int                // that have come to be held
	held   []held             // in the order in which they came
	picked int                // the ID of the call in held that goes on next

	at   int // the spot that is looked at; newest for whatever is the last
	top  int // the first line of the body that is seen; bottom to follow its end
	help bool
	over bool

	drawn body // what was drawn last, of what
}

// newest and bottom follow what comes.
const (
	newest = -1
	bottom = -1
)

// held is a call that waits to be let go.
type held struct {
	id   int
	call scenario.Event
}

// reading is what the kernel said from one moment to another: the same all the
// time that it was asked.
type reading struct {
	from, to time.Time
	ends     []End
}

// New returns a lesson on a scenario of which nothing has happened yet; run has
// where it is performed, and no evidence.
func New(sc *scenario.Scenario, run *analysis.Run, o Options) *Lesson {
	return &Lesson{opts: o, width: MinWidth, height: MinHeight, scenario: sc,
		now: Now{Run: run}, at: newest, top: bottom}
}

// Resize gives the screen another size, in columns and rows: one at least, also
// where a terminal says that it has none.
func (l *Lesson) Resize(width, height int) { l.width, l.height = max(width, 1), max(height, 1) }

// Hold tells that a call waits to be let go. Its ID must be one of its own.
func (l *Lesson) Hold(id int, call scenario.Event) {
	l.calls++
	if l.held = append(l.held, held{id, call}); len(l.held) == 1 {
		l.picked = id
	}
}

// Freed tells that a call is held back no more.
func (l *Lesson) Freed(id int) {
	l.held = slices.DeleteFunc(l.held, func(h held) bool { return h.id == id })
	if l.picked == id && len(l.held) > 0 {
		l.picked = l.held[0].id
	}
}

// Look tells what is known now.
func (l *Lesson) Look(n Now) {
	if !l.over && n.Run != l.told {
		l.told = n.Run
		l.hoped = hopeful(n.Run)
	}
	if !l.over {
		n.Run = l.hoped
	}
	if l.now.Run != n.Run || l.names == nil {
		l.names, l.spots = spotsOf(n.Run, l.opts.Verbose)
	}
	l.now = n
	if n.Time.IsZero() {
		return
	}
	if k := len(l.seen) - 1; k >= 0 && slices.Equal(l.seen[k].ends, n.Ends) {
		l.seen[k].to = n.Time
		return
	}
	l.seen = append(l.seen, reading{n.Time, n.Time, n.Ends})
}

// Finish tells that the run is over, with all that is known of it in the end.
func (l *Lesson) Finish(n Now) {
	l.held, l.over = nil, true
	l.Look(n)
	if l.at == newest {
		l.top = bottom
	}
}

// Over reports whether the run has come to its end.
func (l *Lesson) Over() bool { return l.over }

// current is the spot that is looked at, -1 if there is none yet.
func (l *Lesson) current() int {
	if l.at == newest {
		return len(l.spots) - 1
	}
	return min(l.at, len(l.spots)-1)
}

// back reports whether something is looked at that is past.
func (l *Lesson) back() bool { return l.at != newest && l.at < len(l.spots)-1 }
