package session

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/scenario"
)

// player performs one program.
type player struct {
	rec      *scenario.Recorder
	listener *scenario.Listener
	ends     map[scenario.Role]*end

	mu   sync.Mutex
	more []scenario.Event // calls that [scenario.Conn] does not have
}

// end is one end of the connection: its socket, and the calls under way aside.
type end struct {
	conn  *scenario.Conn // nil until it is there
	aside sync.WaitGroup
}

// play performs p on a listener at this port and returns the calls that were
// made, in order of start. The error is about the performance: no call of p.
func play(ctx context.Context, p program, port uint16) ([]scenario.Event, error) {
	pl := &player{rec: scenario.NewRecorder(), ends: map[scenario.Role]*end{scenario.Client: {}, scenario.Server: {}}}
	at := netip.AddrPortFrom(p.family.Loopback(), port).String()
	l, err := pl.rec.Listen(ctx, scenario.Server, "tcp", at)
	if err != nil {
		return nil, err
	}
	pl.listener = l
	if p.refused {
		l.Close()
	}
	c, err := pl.rec.Dialer(scenario.Client).DialContext(ctx, "tcp", at)
	if err != nil && !p.refused {
		l.Close()
		return nil, err
	}
	if err == nil {
		pl.ends[scenario.Client].conn = c.(*scenario.Conn)
		pl.perform(p)
	}
	return pl.events(), nil
}

// perform makes the calls of either end, in turn or at once, and closes what
// is open then.
func (pl *player) perform(p program) {
	if !p.together {
		for _, s := range p.steps {
			pl.step(s)
		}
		pl.finish(scenario.Client)
		pl.finish(scenario.Server)
		return
	}
	var both sync.WaitGroup
	for role := range pl.ends {
		both.Go(func() {
			for _, s := range p.steps {
				if s.role == role {
					pl.step(s)
				}
			}
			pl.finish(role)
		})
	}
	both.Wait()
}

// finish closes a role's sockets. That ends the calls under way.
func (pl *player) finish(role scenario.Role) {
	e := pl.ends[role]
	if e.conn != nil {
		e.conn.Close()
	}
	e.aside.Wait()
	if role == scenario.Server {
		pl.listener.Close()
	}
}

func (pl *player) step(s step) {
	time.Sleep(s.pause) // the pace of the program; nothing is waited for
	e := pl.ends[s.role]
	switch {
	case s.op == opCloseListener:
		pl.listener.Close()
	case s.op == scenario.OpAccept:
		if c, err := pl.listener.Accept(); err == nil {
			e.conn = c.(*scenario.Conn)
		}
	case e.conn == nil: // never accepted
	default:
		// Set here, so that a call aside does not undo the deadline of the next.
		var by time.Time
		if s.within != 0 {
			by = time.Now().Add(s.within)
		}
		switch s.op {
		case scenario.OpRead:
			e.conn.SetReadDeadline(by)
		case scenario.OpWrite:
			e.conn.SetWriteDeadline(by)
		}
		if s.aside {
			e.aside.Go(func() { pl.call(e.conn, s) })
		} else {
			pl.call(e.conn, s)
		}
	}
}

func (pl *player) call(c *scenario.Conn, s step) {
	switch s.op {
	case scenario.OpRead:
		c.Read(make([]byte, s.n))
	case scenario.OpWrite:
		c.Write(make([]byte, s.n))
	case scenario.OpClose:
		c.Close()
	case scenario.OpCloseWrite:
		c.CloseWrite()
	case scenario.OpCloseRead:
		c.CloseRead()
	case scenario.OpSetLinger:
		c.SetLinger(s.n)
	case scenario.OpSOError:
		c.SOError()
	default:
		pl.raw(c, s)
	}
}

// raw makes a call that [scenario.Conn] does not have, and records it. One
// that would have had to wait is left out: it says nothing.
func (pl *player) raw(c *scenario.Conn, s step) {
	ev := scenario.Event{Role: s.role, Op: s.op, Asked: s.n, Start: time.Now().Round(0),
		Local: addrPort(c.LocalAddr()), Remote: addrPort(c.RemoteAddr())}
	conn, err := c.SyscallConn()
	if err == nil {
		ctl := conn.Control(func(fd uintptr) { ev.N, err = rawCall(int(fd), s) })
		err = errors.Join(ctl, err)
	}
	ev.End = time.Now().Round(0)
	ev.Fault = scenario.FaultOf(err)
	if s.op == scenario.OpPeek && err == nil && ev.N == 0 {
		ev.Fault = scenario.EOF
	}
	if err != nil {
		ev.Err = err.Error()
	}
	if errors.Is(err, unix.EAGAIN) {
		return
	}
	pl.mu.Lock()
	defer pl.mu.Unlock()
	pl.more = append(pl.more, ev)
}

func rawCall(fd int, s step) (n int, err error) {
	switch s.op {
	case scenario.OpPeek:
		n, _, err = unix.Recvfrom(fd, make([]byte, s.n), unix.MSG_PEEK|unix.MSG_DONTWAIT)
		return max(n, 0), os.NewSyscallError("recv", err)
	case scenario.OpShutdown:
		return 0, os.NewSyscallError("shutdown", unix.Shutdown(fd, s.n))
	case scenario.OpPoll:
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN | unix.POLLRDHUP}}
		for _, err = unix.Poll(fds, 0); err == unix.EINTR; _, err = unix.Poll(fds, 0) {
		} // the runtime's own signals
		return int(fds[0].Revents), os.NewSyscallError("poll", err)
	}
	return 0, fmt.Errorf("no such call: %s: %w", s.op, syscall.ENOSYS)
}

// events merges all calls, numbered anew in order of start.
func (pl *player) events() []scenario.Event {
	events := pl.rec.Events()
	type socket struct {
		role  scenario.Role
		local netip.AddrPort
	}
	numbers := make(map[socket]int)
	for _, ev := range events {
		if ev.Op == scenario.OpDial || ev.Op == scenario.OpAccept {
			numbers[socket{ev.Role, ev.Local}] = ev.Conn
		}
	}
	for _, ev := range pl.more {
		ev.Conn = numbers[socket{ev.Role, ev.Local}]
		events = append(events, ev)
	}
	slices.SortStableFunc(events, func(a, b scenario.Event) int { return a.Start.Compare(b.Start) })
	for i := range events {
		events[i].ID = i + 1
	}
	return events
}

func addrPort(a net.Addr) netip.AddrPort {
	ap := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port())
}
