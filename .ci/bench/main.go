// Bench measures rstwatch analyze against tcpdump on the same files: a plain
// filter for FIN and RST, which looks at every packet and analyses none.
//
//	go run ./.ci/bench -rstwatch bin/rstwatch
//
// It makes the captures with genpcap, holds the counts of the survey against
// what genpcap says is in them, reads each file once so that all find it in
// memory, and lets the programs take turns. What is printed are medians of the
// ratios of each round. Only wrong counts are an error: figures depend on what
// else the machine does, and on which it is.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

type options struct {
	rstwatch, dir string
	short, keep   bool
	others        bool
	rounds        int
}

func main() {
	o := options{dir: os.Getenv("BENCHDIR")}
	if o.dir == "" {
		o.dir = filepath.Join(os.TempDir(), "rstwatch-bench")
	}
	flag.StringVar(&o.rstwatch, "rstwatch", "bin/rstwatch", "the program to measure")
	flag.StringVar(&o.dir, "dir", o.dir, "where the captures are made; BENCHDIR in the environment says it too")
	flag.BoolVar(&o.short, "short", false, "captures of a tenth of the size")
	flag.BoolVar(&o.keep, "keep", false, "keep the captures, and use those that are there")
	flag.BoolVar(&o.others, "others", false, "measure tshark and tcptrace too, which takes minutes")
	flag.IntVar(&o.rounds, "rounds", 5, "how often each program reads each file")
	flag.Parse()
	if flag.NArg() > 0 || o.rounds < 1 {
		flag.Usage()
		os.Exit(2)
	}
	if err := bench(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
