package logline

import (
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The ways to write an address. A host's name tells its port alone.
var (
	withPort = regexp.MustCompile(`(?:\[([0-9A-Fa-f:.]+(?:%[\w.-]+)?)\]|\b(\d{1,3}(?:\.\d{1,3}){3}))(?::(\d{1,5})\b|,? port[ =:]+(\d{1,5})\b|['"], ?(\d{1,5})\b)?`)
	longForm = regexp.MustCompile(`(?:^|[^\w:.\[])([0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?:,? port[ =:]+(\d{1,5})\b|['"], ?(\d{1,5})\b)?(?:$|[^\w:.])`)
	// Node.js puts the port behind an address of IPv6 without brackets.
	bare     = regexp.MustCompile(`\b(?:E[A-Z]{4,} |Local \()((?:[0-9A-Fa-f.]*:){2,}[0-9A-Fa-f.]*(?:%[\w.-]+)?):(\d{1,5})\b`)
	webHost  = regexp.MustCompile(`\b(https?|wss?)://([\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?`)
	namedTo  = regexp.MustCompile(`(?i)\b(?:connect(?:ing)?(?: to)?|dial(?: tcp[46]?)?|tcp[46]?|host|server|E[A-Z]{4,}) (?:to )?([A-Za-z][\w.-]*):(\d{1,5})\b`)
	lonePort = regexp.MustCompile(`(?i)\b(sport|dport|lport|rport|(?:local|source|src|remote|peer|dest|dst)?[_ ]?port)["']?[ =:(]+(\d{1,5})\b|htons\((\d{1,5})\)`)
)

// said is an address, and where in the line it stands.
type said struct {
	at   int
	addr netip.AddrPort
	web  bool // it stands in a URL
}

// anyEnds searches a line of whatever program for addresses and ports.
func anyEnds(text string) (e Ends) {
	all := addresses(text)
	all = append(all, ports(text, all)...)
	slices.SortStableFunc(all, func(a, b said) int { return a.at - b.at })
	for _, a := range all {
		is := whose(text[:a.at])
		if a.web && is == unsaid {
			is = remote // it was asked for
		}
		switch is {
		case local:
			take(&e.Local, a.addr, &e)
		case remote:
			take(&e.Remote, a.addr, &e)
		case neither:
		default:
			e.either(a.addr)
		}
	}
	e.join()
	e.arrow(text, all)
	return e
}

// join makes one of an address and a port that the line names apart.
func (e *Ends) join() {
	if len(e.Either) == 1 && !e.Either[0].Addr().IsValid() && e.Remote.Addr().IsValid() && e.Remote.Port() == 0 {
		e.Remote, e.Either = netip.AddrPortFrom(e.Remote.Addr(), e.Either[0].Port()), nil
	}
	if len(e.Either) != 2 {
		return
	}
	a, b := e.Either[0], e.Either[1]
	if a.Addr().IsValid() {
		a, b = b, a
	}
	if !a.Addr().IsValid() && b.Port() == 0 {
		e.Either = []netip.AddrPort{netip.AddrPortFrom(b.Addr(), a.Port())}
	}
}

// take puts an address where it belongs, unless there is one already: the last
// that a line names is as good as the first, so both stay possible.
func take(to *netip.AddrPort, a netip.AddrPort, e *Ends) {
	switch {
	case *to == (netip.AddrPort{}):
		*to = a
	case !to.Addr().IsValid() && a.Addr().IsValid() && a.Port() == 0:
		*to = netip.AddrPortFrom(a.Addr(), to.Port())
	case to.Port() == 0 && !a.Addr().IsValid():
		*to = netip.AddrPortFrom(to.Addr(), a.Port())
	case *to != a:
		e.either(a)
	}
}

func (e *Ends) either(a netip.AddrPort) {
	if a != e.Local && a != e.Remote && !slices.Contains(e.Either, a) && len(e.Either) < maxEither {
		e.Either = append(e.Either, a)
	}
}

// maxEither bounds how many addresses of a line are looked for.
const maxEither = 8

// arrow reads "A->B", "A -> B" and "A > B" as what the program calls its own
// end and the other.
func (e *Ends) arrow(text string, all []said) {
	if len(e.Either) != 2 || e.Local != (netip.AddrPort{}) || e.Remote != (netip.AddrPort{}) || len(all) < 2 {
		return
	}
	between := text[all[0].at:all[1].at]
	if strings.Contains(between, "->") || strings.Contains(between, " > ") || strings.Contains(between, "→") {
		e.Local, e.Remote, e.Either = e.Either[0], e.Either[1], nil
	}
}

// addresses returns those that a line names, with their ports.
func addresses(text string) (all []said) {
	web := webHost.FindAllStringSubmatchIndex(text, -1)
	for _, m := range web {
		port := map[byte]uint16{'s': 443}[text[m[3]-1]]
		if port == 0 {
			port = 80
		}
		if m[6] >= 0 {
			port = number(text[m[6]:m[7]])
		}
		host, _ := netip.ParseAddr(strings.Trim(text[m[4]:m[5]], "[]"))
		all = append(all, said{m[0], plain(netip.AddrPortFrom(host, port)), true})
	}
	read := func(at int) bool {
		return slices.ContainsFunc(web, func(m []int) bool { return at >= m[0] && at < m[1] })
	}
	for _, m := range bare.FindAllStringSubmatchIndex(text, -1) {
		if a, err := netip.ParseAddr(group(text, m, 1)); err == nil && !a.IsUnspecified() {
			all = append(all, said{m[2], plain(netip.AddrPortFrom(a, number(group(text, m, 2)))), false})
			web = append(web, m)
		}
	}
	for _, m := range withPort.FindAllStringSubmatchIndex(text, -1) {
		if a, err := netip.ParseAddr(group(text, m, 1, 2)); err == nil && !a.IsUnspecified() && !read(m[0]) {
			all = append(all, said{m[0], plain(netip.AddrPortFrom(a, number(group(text, m, 3, 4, 5)))), false})
		}
	}
	for _, m := range longForm.FindAllStringSubmatchIndex(text, -1) {
		if a, err := netip.ParseAddr(group(text, m, 1)); err == nil && !a.IsUnspecified() && !read(m[2]) {
			all = append(all, said{m[2], plain(netip.AddrPortFrom(a, number(group(text, m, 2, 3)))), false})
		}
	}
	for _, m := range namedTo.FindAllStringSubmatchIndex(text, -1) {
		if port := number(text[m[4]:m[5]]); port != 0 && !read(m[2]) {
			all = append(all, said{m[2], netip.AddrPortFrom(netip.Addr{}, port), false})
		}
	}
	return all
}

// ports returns the ports that a line names by themselves.
func ports(text string, known []said) (all []said) {
	for _, m := range lonePort.FindAllStringSubmatchIndex(text, -1) {
		port := number(group(text, m, 2, 3))
		if port == 0 || slices.ContainsFunc(known, func(k said) bool { return k.at < m[0] && k.addr.Port() == port }) {
			continue
		}
		at := m[0]
		if m[2] >= 0 {
			at = m[3] // the word itself may say whose it is
		}
		all = append(all, said{at, netip.AddrPortFrom(netip.Addr{}, port), false})
	}
	return all
}

// group returns the first of the groups that took part in a match.
func group(text string, m []int, groups ...int) string {
	for _, g := range groups {
		if m[2*g] >= 0 {
			return text[m[2*g]:m[2*g+1]]
		}
	}
	return ""
}

// number reads a port; 0 if it is none.
func number(s string) uint16 {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0
	}
	return uint16(n)
}

// end says whose an address is.
type end uint8

const (
	unsaid end = iota
	local
	remote
	neither // of another connection
)

// owners are the words before an address that say whose it is.
var owners = []struct {
	is    end
	words []string
}{
	{local, []string{"laddr", "local", "l:/", "l:", "source", "src", "sport", "lport", "bound to", "bind"}},
	{remote, []string{"upstream", "raddr", "remote", "r:", "peer", "dest", "destination", "dst", "dport", "rport", "connect to", "connecting to",
		"connection to", "connect", "could not connect to server", "dial", "host", "server", "backend", "from", "to", "addr"}},
}

// What may stand between such a word and the address: the host's name, as Java
// writes it before a slash, and the name of an errno.
var (
	hostBefore = regexp.MustCompile(`[\w.-]+/$`)
	afterErrno = regexp.MustCompile(`\be(?:conn|timed|host|net|pipe)[a-z]*$`)
)

// whose tells it by the word just before the address.
func whose(before string) end {
	before = strings.ToLower(before[max(0, len(before)-64):])
	if name := hostBefore.FindStringIndex(before); name != nil {
		before = before[:name[0]]
	}
	before = strings.TrimRight(before, " \t=:\"'([{/")
	if words := strings.TrimRight(strings.TrimSuffix(before, "port"), " _"); !strings.HasSuffix(before, "sport") && !strings.HasSuffix(before, "dport") {
		before = words
	}
	switch {
	case strings.HasSuffix(before, "client"):
		return neither // of a proxy: it names the other of its two connections too
	case afterErrno.MatchString(before):
		return remote // as Node writes it
	}
	for _, o := range owners {
		for _, w := range o.words {
			w = strings.TrimRight(w, ":/")
			if strings.HasSuffix(before, w) && (len(before) == len(w) || !letter(before[len(before)-len(w)-1])) {
				return o.is
			}
		}
	}
	return unsaid
}

func letter(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' }
