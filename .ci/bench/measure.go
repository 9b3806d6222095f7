package main

import (
	"fmt"
	"io"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// filter is for segments with FIN or RST; tcp[tcpflags] sees IPv4 alone.
const filter = "(tcp[tcpflags]&(tcp-rst|tcp-fin)!=0) or (ip6[6]==6 and ip6[53]&5!=0)"

// program is one that reads a capture.
type program struct {
	name string
	args func(path string) []string
}

var tcpdump = program{"tcpdump", func(path string) []string { return []string{"-r", path, "-w", "/dev/null", filter} }}

// slow are those that take minutes.
var slow = []program{
	{"tcptrace", func(path string) []string { return []string{"-n", path} }},
	{"tshark", func(path string) []string {
		return []string{"-n", "-r", path, "-Y", "tcp.flags.fin==1 or tcp.flags.reset==1", "-w", "/dev/null"}
	}},
}

func survey(rstwatch string) program {
	return program{rstwatch, func(path string) []string { return []string{"analyze", "--summary", path} }}
}

// cost is what one run of a program takes.
type cost struct {
	wall, cpu time.Duration
	rss       int64 // octets, at the peak
}

func (p program) measure(path string) (cost, error) {
	cmd := exec.Command(p.name, p.args(path)...)
	cmd.Stdout = io.Discard
	start := time.Now()
	err := cmd.Run()
	c := cost{wall: time.Since(start)}
	if err != nil {
		return c, fmt.Errorf("%s: %w", p.name, err)
	}
	c.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	c.rss = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss * maxrssUnit
	return c, nil
}

// figures are medians over the rounds on one file.
type figures struct {
	cost                        // of rstwatch
	wallRatio, cpuRatio float64 // against the other; 0 without one
}

// compare lets rstwatch and another program read a file in turn.
func compare(own, other program, installed bool, path string, rounds int) (figures, error) {
	var f figures
	var walls, cpus []time.Duration
	var wallRatios, cpuRatios []float64
	for range rounds {
		mine, err := own.measure(path)
		if err != nil {
			return f, err
		}
		walls, cpus, f.rss = append(walls, mine.wall), append(cpus, mine.cpu), max(f.rss, mine.rss)
		if !installed {
			continue
		}
		theirs, err := other.measure(path)
		if err != nil {
			return f, err
		}
		wallRatios = append(wallRatios, float64(mine.wall)/float64(theirs.wall))
		cpuRatios = append(cpuRatios, float64(mine.cpu)/float64(theirs.cpu))
	}
	f.wall, f.cpu, f.wallRatio, f.cpuRatio = median(walls), median(cpus), median(wallRatios), median(cpuRatios)
	return f, nil
}

func median[N float64 | time.Duration](v []N) N {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

func has(name string) bool {
	_, err := exec.LookPath(name)
	return err == nil
}
