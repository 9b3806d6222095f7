package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
)

// The bounds beside those of a capture.
const (
	baseBound   = 64 << 20 // octets at the peak,
	memoryBound = 256      // and for each connection that is held
	most        = 1_000_000
	growthBound = 15 // percent of CPU a packet
)

// row is a capture with its figures.
type row struct {
	made
	truth
	figures
}

func bench(o options, w io.Writer) (err error) {
	list := make([]made, 0, len(captures))
	var room, largest int64
	for _, m := range captures {
		if o.short {
			m = m.shorter()
		}
		list = append(list, m)
		room += m.octets()
		largest = max(largest, m.octets())
	}
	if !o.keep {
		room = largest
	}
	fmt.Fprintf(w, "captures are made in %s, which takes up to %d MB\n", o.dir, room>>20)
	_, err = os.Stat(o.dir)
	there := err == nil
	if err := os.MkdirAll(o.dir, 0o777); err != nil {
		return err
	}
	genpcap := filepath.Join(o.dir, "genpcap")
	if err := run("go", "build", "-o", genpcap, "./.ci/genpcap"); err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, os.Remove(genpcap))
		if !o.keep && !there {
			err = errors.Join(err, os.Remove(o.dir))
		}
	}()
	if !has(tcpdump.name) {
		fmt.Fprintln(w, "tcpdump is not installed: there is nothing to compare with")
	}
	var rows []row
	for _, m := range list {
		r, err := measured(o, w, m, genpcap)
		if err != nil {
			return err
		}
		rows = append(rows, r)
	}
	table(w, rows)
	return nil
}

// measured makes a capture, checks what is counted in it, and measures.
func measured(o options, w io.Writer, m made, genpcap string) (r row, err error) {
	r.made = m
	path, t, err := m.make(genpcap, o.dir)
	if !o.keep {
		defer func() { err = errors.Join(err, os.Remove(path), os.Remove(path+".json")) }()
	}
	if err == nil {
		err = errors.Join(check(o.rstwatch, path, t), warm(path))
	}
	if err != nil {
		return r, err
	}
	r.truth = t
	fmt.Fprintf(w, "%s: %d packets, %d connections, counted as they were made\n", m.name, t.Packets, t.Connections)
	if r.figures, err = compare(survey(o.rstwatch), tcpdump, has(tcpdump.name), path, o.rounds); err != nil || !o.others {
		return r, err
	}
	for _, p := range slow {
		if !has(p.name) || m.wall == 0 {
			continue
		}
		f, err := compare(survey(o.rstwatch), p, true, path, 1)
		if err != nil {
			return r, err
		}
		fmt.Fprintf(w, "  %s takes %.0f times as long\n", p.name, 1/f.wallRatio)
	}
	return r, nil
}

// table prints the figures, and beside each that has a bound whether it is
// within.
func table(w io.Writer, rows []row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "\ncapture\twall/tcpdump\t\tCPU/tcpdump\t\tns a packet\tof CPU\tpeak MB\t")
	for _, r := range rows {
		bound := int64(baseBound + memoryBound*r.held())
		fmt.Fprintf(t, "%s\t%.2f\t%s\t%.2f\t%s\t%.0f\t%.0f\t%.0f\t%s\n", r.name, r.wallRatio, verdict(r.wallRatio, r.made.wall), r.cpuRatio,
			verdict(r.cpuRatio, r.made.cpu), float64(r.figures.wall)/float64(r.Packets), r.each(), float64(r.rss)/(1<<20),
			verdict(float64(r.rss)/(1<<20), float64(bound)/(1<<20)))
	}
	t.Flush()
	short, long, small, large := rows[3], rows[4], rows[5], rows[6]
	each := float64(short.rss-long.rss) / float64(short.held()-long.held())
	fmt.Fprintf(w, "\noctets a connection: %.0f, %s\n", each, verdict(each, memoryBound))
	growth := 100 * (large.each()/small.each() - 1)
	fmt.Fprintf(w, "CPU a packet from %d to %d packets: %+.0f %%, %s\n", small.Packets, large.Packets, growth, verdict(growth, growthBound))
}

// held is how many connections are followed at the end, by default.
func (r *row) held() uint64 { return min(r.Connections, most) }

// each is how much CPU a packet takes, in nanoseconds.
func (r *row) each() float64 { return float64(r.figures.cpu) / float64(r.Packets) }

func verdict(figure, bound float64) string {
	switch {
	case bound == 0 || figure == 0:
		return ""
	case figure <= bound:
		return fmt.Sprintf("within %.4g", bound)
	}
	return fmt.Sprintf("beyond %.4g", bound)
}
