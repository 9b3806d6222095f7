package recording

import (
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/rstwatch/rstwatch/scenario"
)

// maxName is how many octets Wireshark shows of a name (MAXNAMELEN, less the
// end).
const maxName = 63

// namesOf returns for each address whose it is, for a name resolution block. An
// address of several roles has no name, for neither would be right; nor has a
// loopback address: readers take a name for all sections of a file, and in the
// next one it is somebody else's. nil if there is none to be told.
func namesOf(events []scenario.Event) map[netip.Addr][]string {
	roles := make(map[netip.Addr][]scenario.Role)
	belongs := func(a netip.AddrPort, role scenario.Role) {
		if addr := a.Addr().Unmap().WithZone(""); a.IsValid() && !addr.IsUnspecified() && !addr.IsLoopback() && !slices.Contains(roles[addr], role) {
			roles[addr] = append(roles[addr], role)
		}
	}
	for i := range events {
		belongs(events[i].Local, events[i].Role)
	}
	var names map[netip.Addr][]string
	for addr, list := range roles {
		if name := hostName(string(list[0])); len(list) == 1 && name != "" {
			if names == nil {
				names = make(map[netip.Addr][]string)
			}
			names[addr] = []string{name}
		}
	}
	return names
}

// hostName makes of a role what can stand where the name of a host does: what is
// neither a letter nor a digit becomes a hyphen, which no reader takes for
// anything else.
func hostName(role string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, strings.ToValidUTF8(role, "-"))
	for i := range name {
		if i > maxName-4 { // the longest character has four
			name = name[:i]
			break
		}
	}
	return strings.Trim(name, "-")
}
