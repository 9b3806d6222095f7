// Benchexec measures what rstwatch exec costs the command that it runs: a load of
// short connections over loopback alone, under tcpdump, under strace, and under
// rstwatch exec.
//
//	go run ./.ci/benchexec -rstwatch bin/rstwatch
//
// The load measures itself, so that no start-up is counted. All take turns, and
// medians of the rounds are printed, with the least and the most. What was lost is
// an error; figures depend on what else the machine does.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"text/tabwriter"
)

type options struct {
	rstwatch    string
	rounds      int
	connections int
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "load" {
		n, err := strconv.Atoi(os.Args[2])
		if err == nil {
			err = load(n)
		}
		exit(err)
	}
	o := options{}
	flag.StringVar(&o.rstwatch, "rstwatch", "bin/rstwatch", "the program to measure")
	flag.IntVar(&o.rounds, "rounds", 7, "how often each takes its turn")
	flag.IntVar(&o.connections, "connections", 400, "how many connections a load makes in a turn")
	flag.Parse()
	if flag.NArg() > 0 || o.rounds < 1 || o.connections < 1 {
		flag.Usage()
		os.Exit(2)
	}
	exit(bench(o))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "benchexec:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func bench(o options) error {
	dir, err := os.MkdirTemp("", "benchexec-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	// An ordinary user can not look into where they are now.
	if self, err = copied(self, dir, "load"); err != nil {
		return err
	}
	if o.rstwatch, err = copied(o.rstwatch, dir, "rstwatch"); err != nil {
		return err
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		return err
	}
	loads, err := loads(self, dir, o.connections)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "µs a connection: median of %d rounds (least, most)", o.rounds)
	for _, l := range loads {
		fmt.Fprintf(w, "\t%s", l.name)
	}
	fmt.Fprintln(w)
	ways := howMeasured()
	took := make(map[string]map[string][]float64)
	var lost error
	for range o.rounds {
		for _, l := range loads {
			for _, h := range ways {
				µs, err := h.run(o, dir, l.command)
				if errors.Is(err, errLost) {
					lost = errors.Join(lost, fmt.Errorf("%s, %s: %w", h.name, l.name, err))
				} else if err != nil {
					return fmt.Errorf("%s, %s: %w", h.name, l.name, err)
				}
				if took[h.name] == nil {
					took[h.name] = make(map[string][]float64)
				}
				took[h.name][l.name] = append(took[h.name][l.name], µs)
			}
		}
	}
	for _, h := range ways {
		fmt.Fprint(w, h.name)
		for _, l := range loads {
			list := took[h.name][l.name]
			slices.Sort(list)
			fmt.Fprintf(w, "\t%.0f (%.0f, %.0f)", list[len(list)/2], list[0], list[len(list)-1])
		}
		fmt.Fprintln(w)
	}
	return errors.Join(w.Flush(), lost)
}

// copied makes a copy of a program that everybody may execute.
func copied(program, dir, name string) (path string, err error) {
	data, err := os.ReadFile(program)
	if err != nil {
		return "", err
	}
	path = filepath.Join(dir, name)
	return path, os.WriteFile(path, data, 0o755)
}
