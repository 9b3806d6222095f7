package probe

import (
	"bufio"
	"io"
	"slices"
	"strconv"
	"strings"
)

// place is where a function of the kernel is.
type place struct {
	from, to uint64 // to is the first address behind it
	name     string
}

// places are functions. A program looks for them on a stack, so that addresses of
// the kernel's reach no process without rights.
type places []place

// maxPlaces is FUNCTIONS in bpf/signals.c.
const maxPlaces = 32

// interval is a place as the program has it.
type interval struct{ From, To uint64 }

// fixed is the list as the program has it.
func (list places) fixed() (all [maxPlaces]interval) {
	for i, p := range list {
		all[i] = interval{p.from, p.to}
	}
	return all
}

// readPlaces finds functions in /proc/kallsyms; each ends where the next symbol
// begins, which need not be the next line's. What the compiler has cut off a function counts as that
// function: "tcp_keepalive_timer.cold". Where addresses are hidden there are none.
func readPlaces(r io.Reader, wanted []string) (list places, err error) {
	var all []uint64
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		words := strings.Fields(lines.Text()) // ffffffff8202c6e0 T tcp_send_active_reset, and [module]
		if len(words) < 3 {
			continue
		}
		address, err := strconv.ParseUint(words[0], 16, 64)
		if err != nil || address == 0 {
			continue
		}
		all = append(all, address)
		if name, _, _ := strings.Cut(words[2], "."); slices.Contains(wanted, name) {
			list = append(list, place{from: address, name: name})
		}
	}
	slices.Sort(all)
	for i := range list {
		next, _ := slices.BinarySearch(all, list[i].from+1)
		if next < len(all) {
			list[i].to = all[next]
		}
	}
	return list, lines.Err()
}
