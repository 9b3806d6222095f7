package session

import (
	"fmt"
	"runtime"

	"golang.org/x/sys/unix"
)

// onEveryCPU calls do on each CPU that this process may run on, in turn
// (sched_setaffinity(2)), and stops at the first error.
func onEveryCPU(do func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return fmt.Errorf("fence: cpu affinity: %w", err)
	}
	defer unix.SchedSetaffinity(0, &all)
	for cpu, left := 0, all.Count(); left > 0; cpu++ {
		if !all.IsSet(cpu) {
			continue
		}
		left--
		var one unix.CPUSet
		one.Set(cpu)
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			return fmt.Errorf("fence: cpu %d: %w", cpu, err)
		}
		if err := do(); err != nil {
			return err
		}
	}
	return nil
}
