package scenario

import (
	"context"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestStageLeavesNothing: neither a descriptor nor a goroutine, however the
// story ends.
func TestStageLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	quick := StageOptions{Limit: 30 * time.Millisecond}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	taken := StageOptions{Ports: []uint16{0, addrPort(l.Addr()).Port()}}
	plays := []func(){
		func() { Perform(ctx, story(func(s *Stage) { s.Connect(); s.Dial(s.Bind()) }), StageOptions{}) },
		func() { Perform(ctx, story(func(s *Stage) { c, _ := s.Connect(); c.Read(1) }), quick) },
		func() { Perform(ctx, story(func(s *Stage) { c, _ := s.Connect(); c.AwaitHangup() }), quick) },
		func() { Perform(ctx, story(func(s *Stage) { c, _ := s.Connect(); c.AwaitFINAcked() }), quick) },
		func() {
			Perform(ctx, story(func(s *Stage) { s.Bind(); s.Listen() }), taken)
		},
		func() {
			defer func() {
				if p := recover(); p != "a bug" {
					t.Errorf("the story's own panic became %v", p)
				}
			}()
			Perform(ctx, story(func(s *Stage) { s.Connect(); panic("a bug") }), StageOptions{})
		},
	}
	plays[0]() // the first use opens the runtime's poller
	files, routines := openFiles(t), runtime.NumGoroutine()
	for _, play := range plays {
		play()
	}
	if left := openFiles(t); left != files {
		t.Errorf("%d files are open, before %d", left, files)
	}
	// A goroutine that has done its work may still be leaving.
	for wait := within(t, long); runtime.NumGoroutine() > routines && wait.Err() == nil; {
		runtime.Gosched()
	}
	if left := runtime.NumGoroutine(); left > routines {
		t.Errorf("%d goroutines run, before %d", left, routines)
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/dev/fd")
	must(t, err)
	return len(entries)
}
