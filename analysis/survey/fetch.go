//go:build (amd64 || arm64) && !purego

package survey

// fetchRecords makes the processor fetch the memory of records into its cache, and
// fetchSlots that of slots. They wait for nothing, and so many can be under way at a
// time: a load holds up what follows once the processor has nothing else left to do.
//
//go:noescape
func fetchRecords(list []*record)

//go:noescape
func fetchSlots(list []*uint64)
