package sandbox

import (
	"os"
	"reflect"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// sent is a signal passed on, and how long after the first came in.
type sent struct {
	signal os.Signal
	after  time.Duration
}

func TestRelay(t *testing.T) {
	const in, quit, term, hup = syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP
	for _, c := range []struct {
		name       string
		foreground bool
		lives      time.Duration // how long the child does after the signals
		signals    []os.Signal
		want       []sent
	}{
		{"not the terminal's", false, time.Hour, []os.Signal{in, quit, hup, term}, []sent{{in, 0}, {quit, 0}, {hup, 0}, {term, 0}}},
		{"Ctrl-C ends the child", true, patience / 2, []os.Signal{in}, nil},
		{"kill -INT of the parent alone", true, time.Hour, []os.Signal{in}, []sent{{in, patience}}},
		{"Ctrl-C twice", true, time.Hour, []os.Signal{in, in}, []sent{{in, patience}}},
		{"SIGTERM is no key", true, time.Hour, []os.Signal{term, hup}, []sent{{term, 0}, {hup, 0}}},
		{"SIGQUIT is one", true, time.Hour, []os.Signal{quit}, []sent{{quit, patience}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begin := time.Now()
				signals := make(chan os.Signal)
				ended, done := make(chan struct{}), make(chan struct{})
				var got []sent
				go func() {
					defer close(done)
					send := func(s os.Signal) { got = append(got, sent{s, time.Since(begin)}) }
					relay(send, signals, ended, func() bool { return c.foreground })
				}()
				for _, s := range c.signals {
					signals <- s
				}
				time.Sleep(c.lives) // the bubble's clock: no time passes
				close(ended)
				<-done
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("passed on %v, want %v", got, c.want)
				}
			})
		})
	}
}
