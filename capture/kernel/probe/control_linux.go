package probe

import (
	"encoding/binary"

	"github.com/cilium/ebpf"
)

// control is the variable of that name in bpf/signals.c, as mapped memory: it can
// be used by a process that may not call bpf(2), as after root was given up.
type control struct{ memory *ebpf.Memory }

const (
	lostAt  = 0
	netnsAt = 8
)

// nowhere is the number of no network namespace: the kernel gives them out from
// 0xF0000000 on, and not to the end.
const nowhere = ^uint32(0)

// lost returns how many records have found no room.
func (c *control) lost() (uint64, error) {
	var b [8]byte
	_, err := c.memory.ReadAt(b[:], lostAt)
	return binary.LittleEndian.Uint64(b[:]), err
}

// only lets through what one network namespace's sockets do.
func (c *control) only(netns uint32) error {
	_, err := c.memory.WriteAt(binary.LittleEndian.AppendUint32(nil, netns), netnsAt)
	return err
}
