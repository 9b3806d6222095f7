package postmortem

import (
	"os"
	"unsafe"
)

// provide has the system provide memory, which it else does at the first touch of
// each of its pages. The memory is all zero, and stays so.
func provide(memory []byte) {
	size := uintptr(os.Getpagesize())
	begin := uintptr(unsafe.Pointer(unsafe.SliceData(memory)))
	before := (size - begin%size) % size
	if whole := (uintptr(len(memory)) - before) / size * size; uintptr(len(memory)) > before && provideAll(memory[before:before+whole]) {
		return
	}
	for at := uintptr(0); at < uintptr(len(memory)); at += size {
		memory[at] = 0
	}
}
