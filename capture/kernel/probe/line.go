package probe

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// textKinds are the events that tell a socket's addresses as text; those of
// calls name an address in memory alone.
var textKinds = []kernel.Kind{kernel.SendReset, kernel.ReceiveReset, kernel.ErrorReport, kernel.SetState, kernel.Retransmit}

// nameWidth is the column of a task's name, which is padded to it.
const nameWidth = 16

// line reads one line of a trace as tracefs prints it: an event, or how many were
// lost. ok is false for any other line. What a process may call itself is never
// read: it stands before a fixed column.
func (t *table) line(text string) (s kernel.Signal, lost uint64, ok bool) {
	if _, rest, found := strings.Cut(text, "[LOST "); found && strings.HasPrefix(text, "CPU:") {
		count, _, _ := strings.Cut(rest, " ")
		lost, err := strconv.ParseUint(count, 10, 64)
		return s, lost, err == nil
	}
	if len(text) <= nameWidth || text[nameWidth] != '-' {
		return s, 0, false
	}
	head, body, found := strings.Cut(text[nameWidth+1:], ": ")
	task := strings.Fields(head) // 123 [000] ..... 1234.567890
	name, values, named := strings.Cut(body, ": ")
	if !found || !named || len(task) < 3 {
		return s, 0, false
	}
	s.Kind, ok = kernel.ParseKind(name)
	at, timed := moment(task[len(task)-1])
	tid, err := strconv.Atoi(task[0])
	if !ok || !timed || err != nil {
		return kernel.Signal{}, 0, false
	}
	s.Time, s.TID = t.clock(at), tid
	if !t.values(&s, fieldsOf(values)) {
		return kernel.Signal{}, 0, false
	}
	return s, 0, true
}

// moment reads seconds and microseconds of a clock as nanoseconds.
func moment(text string) (uint64, bool) {
	sec, usec, ok := strings.Cut(text, ".")
	a, err1 := strconv.ParseUint(sec, 10, 32)
	b, err2 := strconv.ParseUint(usec, 10, 32)
	return a*uint64(time.Second) + b*uint64(time.Microsecond), ok && len(usec) == 6 && err1 == nil && err2 == nil
}

// fieldsOf takes "name=value name=value" apart.
func fieldsOf(text string) map[string]string {
	fields := make(map[string]string)
	for _, word := range strings.Fields(text) {
		if name, value, ok := strings.Cut(word, "="); ok {
			fields[name] = value
		}
	}
	return fields
}

// values fills in what an event tells, and reports whether it is whole.
func (t *table) values(s *kernel.Signal, f map[string]string) bool {
	s.State, _ = kernel.ParseState(f["state"])
	var ok bool
	switch s.Kind {
	case kernel.SendReset:
		s.Answers = strings.Trim(f["skbaddr"], "0") != "" && f["skbaddr"] != "(null)"
		if reason := f["reason"]; kernel.IsName(reason) {
			s.Reason = reason
		}
		var err1, err2 error
		s.Local, err1 = netip.ParseAddrPort(f["src"])
		s.Remote, err2 = netip.ParseAddrPort(f["dest"])
		s.Local, s.Remote = plain(s.Local), plain(s.Remote)
		return err1 == nil && err2 == nil
	case kernel.SetState:
		s.Before, _ = kernel.ParseState(f["oldstate"])
		s.State, ok = kernel.ParseState(f["newstate"])
		if !ok || f["protocol"] != "IPPROTO_TCP" {
			return false
		}
	case kernel.ErrorReport:
		n, err := strconv.ParseInt(f["error"], 10, 32)
		if err != nil || f["protocol"] != "IPPROTO_TCP" {
			return false
		}
		s.Errno = t.errno(n)
	case kernel.ReceiveReset, kernel.Retransmit:
	default:
		return false
	}
	var ok1, ok2 bool
	s.Local, ok1 = textAddress(f["family"], f["saddr"], f["saddrv6"], f["sport"])
	s.Remote, ok2 = textAddress(f["family"], f["daddr"], f["daddrv6"], f["dport"])
	return ok1 && ok2
}

func textAddress(family, four, six, port string) (netip.AddrPort, bool) {
	text := four
	if family == "AF_INET6" {
		text = six
	}
	addr, err1 := netip.ParseAddr(text)
	n, err2 := strconv.ParseUint(port, 10, 16)
	return plain(netip.AddrPortFrom(addr, uint16(n))), err1 == nil && err2 == nil
}

func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}
