package survey

import (
	"sync/atomic"
	"unsafe"
)

// pageSize is how many values a page of a slab has.
const pageSize = 1 << 10

// slab gives room to values in pages that never move and that the garbage
// collector need not look into: T has no pointers. What is given back is used
// again first.
type slab[T any] struct {
	pages []*[pageSize]T
	count uint32 // places there are: every one below has been taken once
	spare []uint32
	stock atomic.Pointer[[pageSize]T] // the page to come; nil if none was made
}

// at returns the value in place n, which has been taken. It reckons with the page's
// address: to index the page the compiler would first look whether that is there, by a
// load of its first octet, which lies far from the value and is seldom in the cache.
func (s *slab[T]) at(n uint32) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(s.pages[n/pageSize]), uintptr(n%pageSize)*unsafe.Sizeof(*new(T))))
}

// take returns a place whose value is zero.
func (s *slab[T]) take() uint32 {
	if last := len(s.spare) - 1; last >= 0 {
		n := s.spare[last]
		s.spare = s.spare[:last]
		*s.at(n) = *new(T)
		return n
	}
	n := s.count
	if n%pageSize == 0 {
		page := s.stock.Swap(nil)
		if page == nil {
			page = new([pageSize]T)
		}
		s.pages = append(s.pages, page)
	}
	s.count++
	return n
}

// give takes a place back.
func (s *slab[T]) give(n uint32) { s.spare = append(s.spare, n) }

// prepare makes the next page, if it is not there, and has touch see to it that the
// system gives it memory, which it does at the first touch and takes long for. It may be
// called while another goroutine uses the slab.
func (s *slab[T]) prepare(touch func([]byte)) {
	if s.stock.Load() != nil {
		return
	}
	page := new([pageSize]T)
	touch(unsafe.Slice((*byte)(unsafe.Pointer(page)), unsafe.Sizeof(*page)))
	s.stock.CompareAndSwap(nil, page)
}
