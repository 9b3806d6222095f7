package file

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// Record types of a Name Resolution Block.
const (
	nameEnd  = 0
	nameIPv4 = 1
	nameIPv6 = 2
)

// namesBlock makes a Name Resolution Block of names, in the order of the
// addresses.
func namesBlock(buf []byte, names map[netip.Addr][]string) (block, error) {
	addrs := make([]netip.Addr, 0, len(names))
	for a := range names {
		addrs = append(addrs, a)
	}
	slices.SortFunc(addrs, netip.Addr.Compare)
	b := startBlock(buf, blockNames)
	for _, a := range addrs {
		value := a.Unmap().AsSlice()
		typ := uint16(nameIPv6)
		if len(value) == 4 {
			typ = nameIPv4
		}
		for _, n := range names[a] {
			if n == "" || strings.ContainsRune(n, 0) {
				return nil, fmt.Errorf("file: %q is not a name for %v", n, a)
			}
			value = append(append(value, n...), 0)
		}
		if !a.IsValid() || len(names[a]) == 0 || len(value) > maxOption {
			return nil, fmt.Errorf("file: address %v has no name, or too many: %d", a, len(names[a]))
		}
		b.option(typ, value) // a record has the layout of an option
	}
	b.option(nameEnd, nil)
	b.endOptions()
	return b, nil
}
