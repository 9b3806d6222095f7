package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/rstwatch/rstwatch/scenario"
)

// end is what a name in a text stands for: a socket, or a host that has none
// here.
type end struct {
	name          string
	role          scenario.Role
	local, remote netip.AddrPort // invalid where not known
	conn          int            // the number of its socket, where a line declares it
	declared      bool
	made          int // how many sockets this name has had, where none does
}

// closeListener closes what listen or bind opened.
const closeListener scenario.Op = "close-listener"

// listenerConn is the number of the server's listener, where no line declares
// it.
const listenerConn = 1

// end returns what a name stands for. Without a declaration there are client
// and server, the two ends of one connection, and client.2 and server.2, those
// of another.
func (p *parser) end(name string) (*end, error) {
	if e := p.ends[name]; e != nil {
		return e, nil
	}
	role, number, numbered := strings.Cut(name, ".")
	n := 1
	if numbered {
		var err error
		if n, err = strconv.Atoi(number); err != nil || n < 2 || n > 99 {
			return nil, fmt.Errorf("%q is no name: client, server, and of another connection client.2, server.2", bare(name))
		}
	}
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 1}), uint16(39999+n))
	server := netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, 2}), 80)
	e := &end{name: name, role: scenario.Role(role)}
	switch {
	case p.recorded:
		return nil, fmt.Errorf("%q is the name of no socket and no host above", bare(name))
	case e.role == scenario.Client:
		e.local, e.remote = client, server
	case e.role == scenario.Server:
		e.local, e.remote = server, client
	default:
		return nil, fmt.Errorf("%q is neither client nor server", bare(name))
	}
	p.ends[name] = e
	return e, nil
}

// Other returns the name of the other end of a connection that no line declares:
// "server.2" for "client.2".
func Other(name string) string {
	if number, ok := strings.CutPrefix(name, string(scenario.Client)); ok {
		return string(scenario.Server) + number
	}
	number, _ := strings.CutPrefix(name, string(scenario.Server))
	return string(scenario.Client) + number
}

// declare reads "socket NUMBER NAME LOCAL > REMOTE", of a listener without the
// remote address, and "host NAME ADDRESS". An address that is not known is "-".
func (p *parser) declare(words []string) error {
	p.recorded = true
	e := &end{declared: true}
	rest := words[1:]
	if words[0] == "socket" {
		var err error
		if len(rest) > 0 {
			e.conn, err = strconv.Atoi(rest[0])
		}
		if len(rest) == 0 || err != nil {
			return errors.New("a socket is: socket NUMBER NAME LOCAL > REMOTE")
		}
		rest = rest[1:]
	}
	if len(rest) < 2 {
		return errors.New("a socket is: socket NUMBER NAME LOCAL > REMOTE; a host is: host NAME ADDRESS")
	}
	e.name = rest[0]
	role, _, _ := strings.Cut(bare(e.name), ".")
	e.role = scenario.Role(role)
	if p.ends[e.name] != nil {
		return fmt.Errorf("%s has been declared", e.name)
	}
	var err error
	if e.local, err = address(rest[1]); err != nil {
		return err
	}
	for rest = rest[2:]; len(rest) > 0; rest = rest[2:] {
		switch {
		case len(rest) < 2:
			return fmt.Errorf("%s needs a value", rest[0])
		case rest[0] == ">" && words[0] == "socket":
			if e.remote, err = address(rest[1]); err != nil {
				return err
			}
		case rest[0] == "as":
			e.role = scenario.Role(bare(rest[1]))
		default:
			return fmt.Errorf("%s is neither > nor as", rest[0])
		}
	}
	p.ends[e.name] = e
	return nil
}

func address(word string) (netip.AddrPort, error) {
	if word == "-" {
		return netip.AddrPort{}, nil
	}
	a, err := netip.ParseAddrPort(bare(word))
	if err != nil {
		return a, fmt.Errorf("%s is no address and port", word)
	}
	return a, nil
}

// flow returns the direction from src to dst.
func (p *parser) flow(src, dst netip.AddrPort) *flow {
	f := p.flows[path{src, dst}]
	if f == nil {
		f = &flow{first: 1000, fixed: true}
		if src.Compare(dst) > 0 {
			f.first = 0xfffffff0 // numbers wrap, and a test should see it
		}
		p.flows[path{src, dst}] = f
	}
	return f
}
