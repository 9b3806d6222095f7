package faults

import (
	"net/netip"
	"regexp"
	"strings"
)

// Line is what an error of package net says beside its cause.
type Line struct {
	Op            string         // Go's word: "read", "write", "dial", "accept", "close", "set"
	Local, Remote netip.AddrPort // invalid where the line has none
}

// opError is how net.OpError prints itself: the operation, the network, the
// addresses.
var opError = regexp.MustCompile(`\b(read|write|writev|readfrom|writeto|dial|accept|listen|close|set) tcp[46]? ([^\s>]+:\d+)(?:->([^\s>]+:\d+))?:`)

// ReadLine takes a line of a log apart. Where it has several such errors, one
// inside the other, the innermost is meant. ok is false if it has none.
func ReadLine(line string) (l Line, ok bool) {
	all := opError.FindAllStringSubmatch(strings.TrimSpace(line), -1)
	if len(all) == 0 {
		return Line{}, false
	}
	m := all[len(all)-1]
	l.Op = m[1]
	first, _ := netip.ParseAddrPort(m[2])
	second, _ := netip.ParseAddrPort(m[3])
	switch {
	case m[3] != "":
		l.Local, l.Remote = first, second
	case l.Op == "accept" || l.Op == "listen":
		l.Local = first
	default:
		l.Remote = first
	}
	return l, l.Local.IsValid() || l.Remote.IsValid()
}
