package postmortem

import (
	"runtime"
	"runtime/debug"
)

// spare is how much garbage there may be, in octets, once there is a survey.
const spare = 4 << 20

// lean makes the garbage collector hold memory down until c is closed. While
// connections are read there is next to no garbage; printing them makes some for
// each, and by default as much of it may pile up as there are connections. A
// limit of all memory would have to know what else the program holds.
func (c *Captures) lean() {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.cancel = append(c.cancel, collectAt(max(1, int(min(100, spare*100/max(1, m.HeapAlloc))))))
}

// whileReading is how much garbage there may be while connections are read, in
// percent of them. A capture of packets alone makes none, and to look for it takes time;
// one of journal entries makes some for each.
const whileReading = 100

// collectAt makes the garbage collector begin once there is so much garbage, in
// percent of what is used, unless it does earlier. undo takes that back.
func collectAt(percent int) (undo func()) {
	before := debug.SetGCPercent(percent)
	if before < 0 || before < percent { // as GOGC says
		debug.SetGCPercent(before)
		return func() {}
	}
	return func() { debug.SetGCPercent(before) }
}
