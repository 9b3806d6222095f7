package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"syscall"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// atOnce is how many processes perform side by side, at most: nearly all of
// their time they wait for the kernel's timers.
const atOnce = 16

// crew are processes that perform side by side, each in a private namespace of
// its own. They die with this process.
type crew struct {
	ctx      context.Context
	all      []performance
	progress *progress
	room     chan struct{} // holds one for each process there is
	going    sync.WaitGroup
	lender   probe.Lender

	mu    sync.Mutex
	told  [][]byte // what was told of each performance; nil is nothing
	ended []error  // how each process ended
}

func newCrew(ctx context.Context, all []performance, p *progress) *crew {
	return &crew{ctx: ctx, all: all, progress: p, room: make(chan struct{}, atOnce), told: make([][]byte, len(all))}
}

// start starts a process for every job, as room permits, and returns when the
// last one has been started. The first must have its capture open before the
// second is started: where private namespaces serve for nothing, or the flags
// ask for the impossible, that is one error and not sixteen. Once ctx has ended
// nothing more is started.
func (c *crew) start(jobs []job) error {
	c.ended = make([]error, len(jobs))
	for i, j := range jobs {
		select {
		case <-c.ctx.Done():
			return nil
		case c.room <- struct{}{}:
		}
		m := &member{crew: c, job: j, ready: make(chan struct{})}
		if err := m.start(); err != nil {
			<-c.room
			if i == 0 {
				return noRight(err)
			}
			c.ended[i] = fmt.Errorf("%v: %w", c.all[j.numbers[0]], err)
			continue
		}
		c.going.Add(1)
		gone := make(chan struct{})
		go func() {
			defer c.going.Done()
			err := m.attend()
			c.mu.Lock()
			c.ended[i] = err
			c.mu.Unlock()
			close(gone)
			<-c.room
		}()
		if i > 0 {
			continue
		}
		select {
		case <-m.ready:
		case <-gone:
			if !m.open {
				return c.trouble()
			}
		}
	}
	return nil
}

// wait blocks until all processes have ended.
func (c *crew) wait() { c.going.Wait() }

// trouble is what kept the processes from doing all that they should, nil if
// nothing did: a failure, with the code and the hint of the first.
func (c *crew) trouble() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, err := range c.ended {
		if err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) < 2 {
		return errors.Join(errs...)
	}
	var first *failure
	if !errors.As(errs[0], &first) {
		return errors.Join(errs...)
	}
	return &failure{code: first.code, err: errors.Join(errs...), hint: first.hint}
}

// runs returns the runs that were told of, in the order of the performances.
func (c *crew) runs() ([]*analysis.Run, error) {
	var runs []*analysis.Run
	for i, message := range c.told {
		if message == nil {
			continue
		}
		r, err := understand(message)
		if err != nil {
			return runs, fmt.Errorf("%v: what its process told is not understood: %w", c.all[i], err)
		}
		r.Number = i + 1
		runs = append(runs, r)
	}
	return runs, nil
}

// member is one process of a crew.
type member struct {
	*crew
	job
	child *sandbox.Child

	unlend func() // takes back what lets it hear the kernel

	from  *os.File
	said  remarks
	ready chan struct{} // closed when its capture is open
	open  bool          // ready is closed
	heard int           // runs
}

// start starts the process. Where this one is root for who called sudo, it is
// that user's.
func (m *member) start() error {
	from, to, err := os.Pipe()
	if err != nil {
		return err
	}
	defer to.Close()
	o := sandbox.Options{Args: m.args, UID: -1, GID: -1, Stderr: &m.said, Files: []*os.File{to}}
	if uid, gid, ok := sandbox.Invoker(); ok {
		o.UID, o.GID = uid, gid
	}
	m.unlend = lendKernel(&m.lender, probe.Options{}, &o)
	if m.child, err = sandbox.Start(o); err != nil {
		m.unlend()
		from.Close()
		return err
	}
	m.from = from
	return nil
}

// attend takes what the process tells until it has ended, and returns what was
// wrong with it.
func (m *member) attend() error {
	stop := context.AfterFunc(m.ctx, func() {
		_ = m.child.Signal(syscall.SIGTERM) // it may have ended
	})
	defer stop()
	m.progress.begin(m.all[m.numbers[0]].Name)
	deaf := m.listen()
	m.from.Close()
	code, err := m.child.Wait()
	m.unlend()
	switch {
	case m.ctx.Err() != nil:
		return nil // the whole is interrupted
	case err != nil:
		return err
	case deaf == nil && code == exitOK && m.heard == len(m.numbers):
		return nil
	}
	return m.failure(code, deaf)
}

// listen takes messages until there are no more.
func (m *member) listen() error {
	for {
		message, err := hear(m.from)
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !m.open:
			m.open = true
			close(m.ready)
			continue
		case m.heard == len(m.numbers):
			return errors.New("it told of more than it was to perform")
		}
		number := m.numbers[m.heard]
		m.heard++
		m.mu.Lock()
		m.told[number] = message
		m.mu.Unlock()
		m.progress.end(m.all[number].Name)
		if m.heard < len(m.numbers) {
			m.progress.begin(m.all[m.numbers[m.heard]].Name)
		}
	}
}

// failure is what the process itself says of its end, or else how it ended and
// in what.
func (m *member) failure(code int, deaf error) error {
	said := m.said.String()
	if text, ok := strings.CutPrefix(said, "rstwatch: "); ok && code != exitOK {
		text, hint, _ := strings.Cut(strings.TrimSuffix(text, "\n"), "\ntry: ")
		return &failure{code: code, err: errors.New(text), hint: hint}
	}
	err := fmt.Errorf("%v: its process ended with code %d", m.all[m.numbers[min(m.heard, len(m.numbers)-1)]], code)
	if deaf != nil {
		err = fmt.Errorf("%w: %w", err, deaf)
	}
	if said != "" {
		err = fmt.Errorf("%w\n%s", err, strings.TrimSuffix(said, "\n"))
	}
	return broken(err)
}

// remarks keeps the beginning of what a process writes to standard error. It
// is read when the process has ended.
type remarks struct{ bytes.Buffer }

func (r *remarks) Write(b []byte) (int, error) {
	const limit = 16 << 10
	r.Buffer.Write(b[:min(len(b), limit-r.Len())])
	return len(b), nil
}
