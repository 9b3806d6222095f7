package survey

// counts are two numbers of octets below 2⁴⁸. At 100 Gbit/s that is six hours and
// more; they stop there.
type counts struct {
	low  [2]uint32
	high [2]uint16
}

func (c *counts) get(i int) uint64 { return uint64(c.low[i]) | uint64(c.high[i])<<32 }

func (c *counts) none(i int) bool { return c.low[i] == 0 && c.high[i] == 0 }

func (c *counts) add(i int, n uint32) {
	low := c.low[i] + n
	if low < n {
		if c.high[i]+1 == 0 {
			low = 1<<32 - 1
		} else {
			c.high[i]++
		}
	}
	c.low[i] = low
}
