package scenario

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Listen opens a listener of the server on the family's loopback address and
// returns its address. It is closed when the story ends. If it can not listen
// the story is aborted.
//
// It is the listener that any Go program gets: an MPTCP socket on Linux, since
// Go 1.24, whose connections from a plain TCP client are plain TCP.
func (s *Stage) Listen() netip.AddrPort { return s.listenAt(s.nextAddress()) }

func (s *Stage) listenAt(at netip.AddrPort) netip.AddrPort {
	var l *Listener
	var err error
	s.call(Server, OpListen, func() {
		if l, err = s.rec.Listen(s.ctx, Server, "tcp", at.String()); err == nil {
			s.hearing = s.add(&prop{role: Server, sock: l.sock, close: l.Close, release: l.net.Close})
		}
	})
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %w", err)})
	}
	s.listener, s.listened = l, l.sock.local
	return s.listened
}

// Bind binds a socket of the server to the family's loopback address and
// returns the address. Nobody listens there, so a dial is refused; that the
// socket holds the port until the story ends keeps others from it, but for
// those who set SO_REUSEADDR. It takes the last of the ports that the stage was
// given: where nobody has listened, no TIME_WAIT socket of an earlier story can
// answer a SYN. If it can not bind the story is aborted.
func (s *Stage) Bind() netip.AddrPort {
	at := s.lastAddress()
	var b *bound
	var err error
	s.call(Server, OpBind, func() {
		sock := s.rec.newSocket(Server, netip.AddrPort{}, netip.AddrPort{})
		id := s.rec.begin(sock.event(OpBind))
		b, err = bindNew(at)
		t := now()
		var heard heard
		if err == nil {
			sock.local = b.addr
			heard = sock.askOf(b.fd)
		}
		s.rec.endMade(id, t, sock, err, heard)
		if err != nil {
			return
		}
		recorded := func() error { return s.rec.call(sock.event(OpClose), unasked, b.close) }
		s.add(&prop{role: Server, sock: sock, close: recorded, release: b.close})
	})
	if err != nil {
		panic(abort{fmt.Errorf("scenario: hold %v: %w", at, err)})
	}
	return b.addr
}

// nextAddress takes the next of the ports that the stage was given.
func (s *Stage) nextAddress() netip.AddrPort {
	var port uint16
	if len(s.opts.Ports) > 0 {
		port, s.opts.Ports = s.opts.Ports[0], s.opts.Ports[1:]
	}
	return netip.AddrPortFrom(s.opts.Family.Loopback(), port)
}

// lastAddress takes the last of the ports that the stage was given.
func (s *Stage) lastAddress() netip.AddrPort {
	var port uint16
	if n := len(s.opts.Ports) - 1; n >= 0 {
		port, s.opts.Ports = s.opts.Ports[n], s.opts.Ports[:n]
	}
	return netip.AddrPortFrom(s.opts.Family.Loopback(), port)
}

// Dial connects a client. If that fails, which is a result like any other,
// the calls of the returned peer do nothing.
func (s *Stage) Dial(to netip.AddrPort) *Peer { return s.DialWith(net.Dialer{}, to) }

// DialWith is Dial with a dialer of the story's own: its timeout, and what its
// Control does to the socket before it connects.
func (s *Stage) DialWith(settings net.Dialer, to netip.AddrPort) *Peer {
	p, _ := s.dial(settings, to) // the error is in the recording
	return p
}

func (s *Stage) dial(settings net.Dialer, to netip.AddrPort) (p *Peer, err error) {
	p = &Peer{stage: s, role: Client}
	s.makeWithin(Event{Role: Client, Op: OpDial, Remote: to}, func(bound time.Duration) {
		ctx, cancel := s.bounded(bound)
		defer cancel()
		var c *Conn
		d := s.rec.Dialer(Client)
		d.Settings = settings
		c, err = d.dial(ctx, "tcp", to.String())
		p = s.peer(Client, c)
	})
	return p, err
}

// Connect makes a connection to the server's listener, which it opens if there
// is none, and returns both ends. If that fails the story is aborted.
func (s *Stage) Connect() (client, server *Peer) {
	if s.listener == nil {
		s.Listen()
	}
	client, err := s.dial(net.Dialer{}, s.listener.sock.local)
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %w", err)}) // nobody would be accepted
	}
	if client.conn == nil {
		panic(abort{errWithheld})
	}
	return client, s.Accept(client)
}

// Accept accepts the connection that client has dialled and returns the
// server's end. If that fails, or client has no connection, the story is
// aborted. It blocks until the connection is there.
func (s *Stage) Accept(client *Peer) (server *Peer) {
	if client.conn == nil || s.listener == nil {
		panic(abort{errors.New("scenario: accept: nobody has dialled a listener that is open")})
	}
	var err error
	server = &Peer{stage: s, role: Server}
	s.makeWithin(s.listener.sock.event(OpAccept), func(bound time.Duration) {
		var c *Conn
		defer s.listener.within(bound)()
		c, err = s.listener.accept(func(remote netip.AddrPort) bool { return remote == client.conn.sock.local })
		server = s.peer(Server, c)
	})
	if err != nil {
		panic(abort{fmt.Errorf("scenario: %w", err)})
	}
	return server
}

// AwaitQueue blocks until a connection waits to be accepted, see
// [Listener.AwaitQueue]: a dial returns before the last segment of its
// handshake has arrived.
func (s *Stage) AwaitQueue() {
	if s.listener != nil {
		s.wait(s.listener.sock.event(""), s.listener.AwaitQueue)
	}
}

// CloseListener closes the listener, and with it the connections that nobody
// has accepted. The next Connect opens another.
func (s *Stage) CloseListener() {
	if s.listener == nil {
		return
	}
	s.make(s.listener.sock.event(OpClose), func() {
		s.listener.Close()
		s.remove(s.hearing)
	})
	s.listener, s.hearing = nil, nil
}
