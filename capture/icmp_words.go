package capture

import (
	"cmp"
	"fmt"
)

// icmpWords are the names that people know (RFC 792, RFC 1812 §5.2.7.1; RFC
// 4443 §3), by type and code.
var icmpWords = map[bool]map[[2]uint8]string{
	false: {
		{3, 0}: "net unreachable", {3, 1}: "host unreachable", {3, 2}: "protocol unreachable", {3, 3}: "port unreachable",
		{3, 4}: "fragmentation needed", {3, 5}: "source route failed", {3, 6}: "net unknown", {3, 7}: "host unknown",
		{3, 9}: "net prohibited", {3, 10}: "host prohibited", {3, 11}: "net unreachable", {3, 12}: "host unreachable",
		{3, 13}: "prohibited", {11, 0}: "time exceeded", {11, 1}: "reassembly time exceeded",
	},
	true: {
		{1, 0}: "no route", {1, 1}: "prohibited", {1, 2}: "beyond scope", {1, 3}: "address unreachable", {1, 4}: "port unreachable",
		{1, 5}: "source address refused", {1, 6}: "route rejected", {2, 0}: "packet too big",
		{3, 0}: "time exceeded", {3, 1}: "reassembly time exceeded",
	},
}

// icmpTypes are the names for what has no name of its own.
var icmpTypes = map[bool]map[uint8]string{
	false: {3: "unreachable", 11: "time exceeded", 12: "parameter problem"},
	true:  {1: "unreachable", 2: "packet too big", 3: "time exceeded", 4: "parameter problem"},
}

// Meaning says in a word or two what the message reports: "port unreachable";
// "error" where it has no name.
func (m ICMP) Meaning() string {
	six := m.From.Is6()
	return cmp.Or(icmpWords[six][[2]uint8{m.Type, m.Code}], icmpTypes[six][m.Type], "error")
}

// String returns such as "ICMP port unreachable (3/3)", with type and code. A
// message of ICMPv6 has numbers of its own and is called ICMPv6.
func (m ICMP) String() string {
	protocol := "ICMP"
	if m.From.Is6() {
		protocol = "ICMPv6"
	}
	return fmt.Sprintf("%s %s (%d/%d)", protocol, m.Meaning(), m.Type, m.Code)
}
