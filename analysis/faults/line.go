package faults

import (
	"net/netip"
	"regexp"
	"strconv"
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
	all := Lines(line)
	if len(all) == 0 {
		return Line{}, false
	}
	l = all[len(all)-1]
	return l, l.Local.IsValid() || l.Remote.IsValid()
}

// Lines takes apart all such errors of a line of a log, the outermost first. Of
// an end that has a host's name there is the port alone.
func Lines(line string) (all []Line) {
	for _, m := range opError.FindAllStringSubmatch(strings.TrimSpace(line), -1) {
		l := Line{Op: m[1]}
		switch first, second := endOf(m[2]), endOf(m[3]); {
		case m[3] != "":
			l.Local, l.Remote = first, second
		case l.Op == "accept" || l.Op == "listen":
			l.Local = first
		default:
			l.Remote = first
		}
		all = append(all, l)
	}
	return all
}

// endOf reads "address:port" or "host:port".
func endOf(s string) netip.AddrPort {
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a
	}
	port, err := strconv.ParseUint(s[strings.LastIndexByte(s, ':')+1:], 10, 16)
	if err != nil {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(netip.Addr{}, uint16(port))
}
