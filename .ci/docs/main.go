// Docs makes the pictures of the README from real runs: the ladder, the report
// as a browser shows it, and a recording as tshark lists it.
//
//	go run ./.ci/docs -rstwatch bin/rstwatch
//
// It needs what rstwatch run --sandbox always needs, Chromium and tshark. The
// times in the pictures are those of the machine, so each making differs.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// limit is how long all of it may take.
const limit = 2 * time.Minute

type options struct{ rstwatch, dir, readme string }

func main() {
	var o options
	flag.StringVar(&o.rstwatch, "rstwatch", "bin/rstwatch", "the program to run")
	flag.StringVar(&o.dir, "o", "docs", "the folder for the pictures")
	flag.StringVar(&o.readme, "readme", "README.md", "the file that shows the recording; \"\" for none")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if err := docs(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}
