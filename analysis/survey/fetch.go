//go:build (amd64 || arm64) && !purego

package survey

// fetch makes the processor fetch the memory of a record into its cache, and fetchSlot
// that of a slot. They wait for nothing, and so many can be under way at a time:
// a load holds up what follows once the processor has nothing else left to do.
//
//go:noescape
func fetch(r *record)

//go:noescape
func fetchSlot(s *uint64)
