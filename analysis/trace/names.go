package trace

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/scenario"
)

// identity is what the calls on one socket have in common.
type identity struct {
	conn          int
	role          scenario.Role
	local, remote netip.AddrPort
}

func identify(ev *scenario.Event) identity { return identity{ev.Conn, ev.Role, ev.Local, ev.Remote} }

// names are what the sockets and the hosts of a run are called in its text.
type names struct {
	sockets      map[identity]string
	pairs        map[path]string // the socket with these addresses
	hosts        map[netip.AddrPort]string
	used         map[string]bool
	declarations []string
}

// nameEnds gives every socket and every address of a run a name.
func nameEnds(e *analysis.Evidence) *names {
	n := &names{sockets: make(map[identity]string), pairs: make(map[path]string),
		hosts: make(map[netip.AddrPort]string), used: make(map[string]bool)}
	for i := range e.Events {
		n.socket(&e.Events[i])
	}
	for i := range e.Segments {
		s := &e.Segments[i]
		first, second := scenario.Client, scenario.Server
		if s.Flags.Has(capture.SYN | capture.ACK) {
			first, second = second, first
		}
		n.host(path{s.Src, s.Dst}, first, e)
		n.host(path{s.Dst, s.Src}, second, e)
	}
	return n
}

// socket declares the socket of a call.
func (n *names) socket(ev *scenario.Event) {
	id := identify(ev)
	if n.sockets[id] != "" {
		return
	}
	suffix := ""
	if !ev.Remote.IsValid() && (ev.Op == scenario.OpListen || ev.Op == scenario.OpBind) {
		suffix = ".listener"
	}
	name := n.unused(id.role, suffix)
	n.sockets[id] = name
	if pair := (path{plain(id.local), plain(id.remote)}); id.remote.IsValid() && n.pairs[pair] == "" {
		n.pairs[pair] = name
	}
	text := fmt.Sprintf("socket %d %s %s", id.conn, name, addressWord(id.local))
	if id.remote.IsValid() {
		text += " > " + addressWord(id.remote)
	}
	n.declare(text, name, id.role)
}

// host declares an address without a socket. It has the role of the other end
// of the socket that it speaks to, or the one given.
func (n *names) host(at path, role scenario.Role, e *analysis.Evidence) {
	if n.pairs[at] != "" || n.hosts[at.src] != "" {
		return
	}
	i := slices.IndexFunc(e.Events, func(ev scenario.Event) bool { return plain(ev.Remote) == at.src })
	if i >= 0 {
		role = scenario.Server
		if e.Events[i].Role == scenario.Server {
			role = scenario.Client
		}
	}
	name := n.unused(role, "")
	n.hosts[at.src] = name
	n.declare(fmt.Sprintf("host %s %s", name, addressWord(at.src)), name, role)
}

func (n *names) declare(text, name string, role scenario.Role) {
	if first, _, _ := strings.Cut(name, "."); first != string(role) {
		text += " as " + word(string(role))
	}
	n.declarations = append(n.declarations, text)
}

// unused returns a name that begins with the role, if a role can stand in a
// line.
func (n *names) unused(role scenario.Role, suffix string) string {
	base := string(role)
	if word(base) != base || strings.Contains(base, ".") || digit(base[0]) || base[0] == '-' || reserved(base) {
		base = "socket-of"
	}
	name := base + suffix
	for i := 2; n.used[name]; i++ {
		name = fmt.Sprintf("%s%s.%d", base, suffix, i)
	}
	n.used[name] = true
	return name
}

// reserved reports whether a line may begin with this word for another reason.
func reserved(name string) bool {
	return slices.Contains([]string{"model", "epoch", "run", "summary", "differs", "trouble", "platform", "captured",
		"socket", "host", "lost", "net", "heard", "kernel"}, name)
}

// caller returns the name of the socket that a call was made on.
func (n *names) caller(ev *scenario.Event) string { return n.sockets[identify(ev)] }

// ends returns the names of a segment's sender and receiver.
func (n *names) ends(s *capture.Segment) (from, to string) {
	name := func(at path) string {
		if socket := n.pairs[at]; socket != "" {
			return socket
		}
		return n.hosts[at.src]
	}
	return name(path{s.Src, s.Dst}), name(path{s.Dst, s.Src})
}

// addressWord is an address as declare reads it; a zone may come from a file.
func addressWord(a netip.AddrPort) string {
	if !a.IsValid() {
		return "-"
	}
	if text := a.String(); a.Addr().Zone() == "" {
		return text
	}
	return fmt.Sprintf("%+q", a.String())
}

// address6 is an address without a port, its zone left out.
func address6(a netip.Addr) string { return a.WithZone("").String() }
