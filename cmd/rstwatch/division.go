package main

import (
	"slices"
	"strconv"

	"github.com/rstwatch/rstwatch/scenario"
)

// job is what one process performs, one after the other.
type job struct {
	args    []string // of perform
	numbers []int    // of the performances, from 0, in its order
}

// divide gives every performance that waits for the kernel's timers a process of
// its own, and the others one together, in which they are made one after the
// other. In slow motion, which is to be watched, nothing is made beside anything
// else.
func (f *stageFlags) divide(all []performance) []job {
	if f.pace > 0 {
		return []job{f.together(all, func(performance) bool { return true })}
	}
	var jobs []job
	if f.prove {
		for i, p := range all {
			jobs = append(jobs, f.alone(i, p))
		}
		return jobs
	}
	if quick := f.together(all, func(p performance) bool { return !p.Slow }); len(quick.numbers) > 0 {
		jobs = append(jobs, quick)
	}
	for i, p := range all {
		if p.Slow {
			jobs = append(jobs, f.alone(i, p))
		}
	}
	return jobs
}

// alone makes a job of one performance.
func (f *stageFlags) alone(i int, p performance) job {
	return job{args: f.command(1, []scenario.Family{p.family}, p.Name), numbers: []int{i}}
}

// together makes one job of those that fit.
func (f *stageFlags) together(all []performance, fits func(performance) bool) job {
	var j job
	var names []string
	for i, p := range all {
		if !fits(p) {
			continue
		}
		j.numbers = append(j.numbers, i)
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	j.args = f.command(f.repeat, f.families(), names...)
	return j
}

// command is the command line of a process that performs each scenario so often
// in each of the families.
func (f *stageFlags) command(repeat int, families []scenario.Family, names ...string) []string {
	args := append([]string{"perform"}, f.args()...)
	args = append(args, "--repeat="+strconv.Itoa(repeat))
	for _, family := range families {
		args = append(args, "--"+string(family))
	}
	return append(append(args, "--"), names...)
}
