package worksheet

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// asked are the calls that students are told of. A wait of the story tells what
// had come, and the program that it stands for makes none.
func asked(r *analysis.Run) []*scenario.Event {
	var list []*scenario.Event
	for i := range r.Evidence.Events {
		if ev := &r.Evidence.Events[i]; ev.Op != scenario.OpPoll {
			list = append(list, ev)
		}
	}
	return list
}

// happening reports whether an event is no call: it returns nothing.
func happening(op scenario.Op) bool {
	return op == scenario.OpKill || op == scenario.OpVanish || op == scenario.OpGone
}

// doing says what a call does, in words that tell neither what it returned nor
// how a scenario is called; and on which connection, where its caller has several.
func doing(r *analysis.Run, ev *scenario.Event) string {
	var locals, remotes []netip.AddrPort
	for i := range r.Evidence.Events {
		o := &r.Evidence.Events[i]
		if o.Role != ev.Role || !o.Remote.IsValid() {
			continue // another's, or no connection's
		}
		if !slices.Contains(locals, o.Local) {
			locals = append(locals, o.Local)
		}
		if !slices.Contains(remotes, o.Remote) {
			remotes = append(remotes, o.Remote)
		}
	}
	switch {
	case !ev.Remote.IsValid():
	case len(remotes) > 1 && ev.Op != scenario.OpDial:
		return fmt.Sprintf("%s, with `%s`", does(r, ev), ev.Remote)
	case len(locals) > 1 && ev.Local.IsValid():
		return fmt.Sprintf("%s, from `%s`", does(r, ev), ev.Local)
	}
	return does(r, ev)
}

// does is the call itself.
func does(r *analysis.Run, ev *scenario.Event) string {
	switch ev.Op {
	case scenario.OpListen:
		return "listens"
	case scenario.OpBind:
		return "takes a port and does not listen on it"
	case scenario.OpDial:
		return "dials" + to(ev)
	case scenario.OpAccept:
		return "accepts a connection"
	case scenario.OpRead, scenario.OpPeek, scenario.OpHTTPRead, scenario.OpTLSRead:
		return layer(ev.Op) + "reads up to " + octets(ev.Asked)
	case scenario.OpWrite, scenario.OpHTTPWrite, scenario.OpTLSWrite:
		return layer(ev.Op) + "writes " + octets(ev.Asked)
	case scenario.OpClose, scenario.OpTLSClose:
		if listens(r, ev.Conn) {
			return "closes its listener"
		}
		return layer(ev.Op) + "closes the connection"
	case scenario.OpCloseWrite:
		return "shuts its sending side"
	case scenario.OpCloseRead:
		return "shuts its receiving side"
	case scenario.OpShutdown:
		return "shuts the connection down"
	case scenario.OpSetLinger:
		if ev.Asked < 0 {
			return "sets SO_LINGER off"
		}
		return fmt.Sprintf("sets SO_LINGER to %d s", ev.Asked)
	case scenario.OpSOError:
		return "asks for SO_ERROR"
	case scenario.OpDisconnect:
		return "connects the socket to nothing (AF_UNSPEC)"
	case scenario.OpHTTPRequest:
		return "HTTP: sends a request and waits for the answer's head"
	case scenario.OpTLSHandshake:
		return "TLS: shakes hands"
	case scenario.OpCopy:
		return "copies from one connection to the other (io.Copy)"
	case scenario.OpKill:
		return "*its process is killed*"
	case scenario.OpVanish:
		return "*its host restarts, and has forgotten the connection*"
	case scenario.OpGone:
		return "*its kernel has no socket of these addresses any more*"
	}
	return "makes another call"
}

// listens reports whether a socket is a listener.
func listens(r *analysis.Run, conn int) bool {
	return slices.ContainsFunc(r.Evidence.Events, func(ev scenario.Event) bool {
		return ev.Conn == conn && (ev.Op == scenario.OpListen || ev.Op == scenario.OpBind)
	})
}

// layer is the library that a call is of.
func layer(op scenario.Op) string {
	switch op {
	case scenario.OpHTTPRead, scenario.OpHTTPWrite:
		return "HTTP: "
	case scenario.OpTLSRead, scenario.OpTLSWrite, scenario.OpTLSClose:
		return "TLS: "
	}
	return ""
}

func to(ev *scenario.Event) string {
	if !ev.Remote.IsValid() {
		return ""
	}
	return " `" + ev.Remote.String() + "`"
}

func octets(n int) string {
	if n == 1 {
		return "1 byte"
	}
	return fmt.Sprintf("%d bytes", n)
}

// result says what a call returned.
func result(ev *scenario.Event) string {
	switch {
	case happening(ev.Op):
		return "—"
	case ev.End.IsZero():
		return "it never returned"
	case ev.Fault != "" && ev.N > 0:
		return fmt.Sprintf("%s, then %s", octets(ev.N), ev.Fault)
	case ev.Fault != "":
		return string(ev.Fault)
	case slices.Contains([]scenario.Op{scenario.OpRead, scenario.OpWrite, scenario.OpPeek}, ev.Op):
		return octets(ev.N)
	}
	return "success"
}

// epoch is the time from which a viewer counts: the first packet's; where there
// is none, the first call's.
func epoch(r *analysis.Run) time.Time {
	e := &r.Evidence
	switch {
	case len(e.Segments) > 0:
		return e.Segments[0].Time
	case len(e.Events) > 0:
		return e.Events[0].Start
	}
	return time.Time{}
}

// since is when t was, in milliseconds.
func since(epoch, t time.Time) string {
	return fmt.Sprintf("%.3f", float64(t.Sub(epoch))/float64(time.Millisecond))
}

// roles are those that have sockets, in the order of their first calls.
func roles(r *analysis.Run) []scenario.Role {
	var list []scenario.Role
	for i := range r.Evidence.Events {
		if ev := &r.Evidence.Events[i]; !ev.Op.Library() && !slices.Contains(list, ev.Role) {
			list = append(list, ev.Role)
		}
	}
	return list
}

// ends says which addresses are whose.
func ends(r *analysis.Run) []string {
	var list []string
	for _, role := range roles(r) {
		var addrs []string
		for i := range r.Evidence.Events {
			ev := &r.Evidence.Events[i]
			if a := ev.Local; ev.Role == role && a.IsValid() && !slices.Contains(addrs, a.String()) {
				addrs = append(addrs, a.String())
			}
		}
		if len(addrs) > 0 {
			list = append(list, fmt.Sprintf("%s: `%s`", escaped(string(role)), strings.Join(addrs, "` and `")))
		}
	}
	return list
}
