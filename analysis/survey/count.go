package survey

// count is a number of octets below 2⁴⁸, in six of them. At 100 Gbit/s that is
// six hours and more; it stops there.
type count struct{ parts [3]uint16 }

const mostCounted = 1<<48 - 1

func (c *count) get() uint64 {
	return uint64(c.parts[0]) | uint64(c.parts[1])<<16 | uint64(c.parts[2])<<32
}

func (c *count) none() bool { return *c == count{} }

func (c *count) add(n uint64) {
	n = min(c.get()+n, mostCounted)
	c.parts = [3]uint16{uint16(n), uint16(n >> 16), uint16(n >> 32)}
}
