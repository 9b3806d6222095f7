//go:build !(amd64 || arm64) || purego

package survey

// fetch and fetchSlot only make a program faster.
func fetch(*record) {}

func fetchSlot(*uint64) {}
