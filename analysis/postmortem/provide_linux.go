package postmortem

import "golang.org/x/sys/unix"

// provideAll is provide in one call for whole pages, which takes two thirds of the time;
// Linux has it since 5.14.
func provideAll(memory []byte) bool {
	return unix.Madvise(memory, unix.MADV_POPULATE_WRITE) == nil
}
