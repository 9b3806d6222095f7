package logline

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/faults"
	"github.com/rstwatch/rstwatch/scenario"
)

// Line is what a line says of an error.
type Line struct {
	Fault scenario.Fault // "" if it names none that is known
	// Ends are the connections that it can speak of: several where an error of
	// io.Copy does not say which of its two it was; none if it has no address.
	Ends  []Ends
	Stamp Stamp // when it was written; zero if it does not say
}

// Ends are one connection, as far as a line names it. An address may lack its
// port, or be a port alone; the zero value is unknown.
type Ends struct {
	Op            scenario.Op      // the program's call: dial, read, write or accept; "" if that is not said
	Local, Remote netip.AddrPort   // the program's end, and the other
	Either        []netip.AddrPort // of which the line does not say whose they are
}

// Named reports whether there is an address or a port.
func (e *Ends) Named() bool {
	return e.Local != (netip.AddrPort{}) || e.Remote != (netip.AddrPort{}) || len(e.Either) > 0
}

// maxLine bounds what is looked at: a log line is seldom longer, and a file given
// by mistake is.
const maxLine = 64 << 10

// colours are what a terminal makes colours of (ECMA-48 §8.3.117).
var colours = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Parse takes a line apart. ok is false if it has neither an error that is known
// nor an address or a port.
func Parse(text string) (l Line, ok bool) {
	text = colours.ReplaceAllString(strings.ToValidUTF8(text[:min(len(text), maxLine)], "?"), "")
	g, known := faults.Recognise(text)
	if known {
		l.Fault = g.Fault
	}
	if s, ok := findStamp(text); ok {
		l.Stamp = s
	}
	l.Ends = goEnds(text)
	if len(l.Ends) == 0 {
		if e := anyEnds(text); e.Named() {
			l.Ends = []Ends{e}
		}
	}
	for i := range l.Ends {
		e := &l.Ends[i]
		if e.Op == "" {
			e.Op = opOf(text, l.Fault)
		}
		if e.Op == scenario.OpDial && len(e.Either) == 1 && e.Remote == (netip.AddrPort{}) {
			e.Remote, e.Either = e.Either[0], nil // what is dialled
		}
	}
	return l, known || len(l.Ends) > 0
}

// goOps are the operations of net.OpError: ReadFrom writes to the connection, and
// WriteTo reads from it.
var goOps = map[string]scenario.Op{"dial": scenario.OpDial, "read": scenario.OpRead, "write": scenario.OpWrite,
	"writev": scenario.OpWrite, "readfrom": scenario.OpWrite, "writeto": scenario.OpRead, "accept": scenario.OpAccept}

// goEnds are those of errors of package net. The innermost one counts; but an
// error of splice(2) does not say which of the two connections failed.
func goEnds(text string) (all []Ends) {
	for _, e := range faults.Lines(text) {
		all = append(all, Ends{Op: goOps[e.Op], Local: plain(e.Local), Remote: plain(e.Remote)})
	}
	all = slices.DeleteFunc(all, func(e Ends) bool { return !e.Named() })
	if len(all) > 1 && !strings.Contains(text, "splice: ") {
		all = all[len(all)-1:]
	}
	return all
}

// plain is an address as segments have it.
func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// calls are words for calls, in the order in which they count.
var calls = []struct {
	op    scenario.Op
	words []string
}{
	{scenario.OpDial, []string{"connect()", "connect(", "connect econn", "connect etimedout", "connect ehost", "dial ", "connecting to",
		"could not connect", "failed to connect", "connectexception", "connection refused"}},
	{scenario.OpWrite, []string{"send()", "writev()", "send(", "sendto(", "sendmsg(", "write(", "writev(", "write failed", "write epipe",
		"write econn", "sending request", "sending to", "while writing", "failed to write", "broken pipe"}},
	{scenario.OpRead, []string{"recv()", "recv(", "recvfrom(", "recvmsg(", "read(", "readv()", "read failed", "read econn", "recv failure",
		"while reading", "reading response", "reading from", "failed to read"}},
}

// opOf returns the call that a line speaks of, "" if it does not say.
func opOf(text string, fault scenario.Fault) scenario.Op {
	text = strings.ToLower(text)
	for _, c := range calls {
		for _, w := range c.words {
			if strings.Contains(text, w) {
				return c.op
			}
		}
	}
	switch fault {
	case scenario.EOF, scenario.UnexpectedEOF:
		return scenario.OpRead
	case scenario.EPIPE:
		return scenario.OpWrite
	case scenario.ECONNREFUSED:
		return scenario.OpDial
	}
	return ""
}
