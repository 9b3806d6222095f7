package survey

// numbers are the streams of the records. As long as no connection was closed out
// the stream of each is its own number: then there are none, and it takes no
// memory to know them.
type numbers []uint32

// of returns the stream of a record.
func (l numbers) of(id uint32) uint32 {
	if l == nil {
		return id
	}
	return l[id]
}

// set notes the stream of a record, which is one of those that were or the next.
func (l *numbers) set(id, stream uint32) {
	switch {
	case *l == nil:
	case int(id) == len(*l):
		*l = append(*l, stream)
	default:
		(*l)[id] = stream
	}
}

// diverge makes room for streams that are not the numbers of the records, of which
// there are so many.
func (l *numbers) diverge(records uint32) {
	if *l == nil {
		*l = make(numbers, records)
		for id := range *l {
			(*l)[id] = uint32(id)
		}
	}
}
