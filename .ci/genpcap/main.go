// Genpcap writes a capture of made-up TCP connections, and the truth about it
// as JSON beside it: what a reader of captures must find, and how fast.
//
//	go run ./.ci/genpcap -packets 5000000 -at-once 1000 -snap 96 -o big.pcap
//
// The same flags and seed give the same octets.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	var o options
	flag.IntVar(&o.packets, "packets", 100_000, "how many packets at least; connections under way are played to their end")
	flag.IntVar(&o.atOnce, "at-once", 100, "how many connections are under way at a time")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the random choices")
	flag.IntVar(&o.snap, "snap", 262144, "octets kept of each packet")
	flag.IntVar(&o.payload, "payload", 1448, "most octets of payload in a segment")
	flag.IntVar(&o.data, "data", 8, "most data segments of a connection")
	flag.StringVar(&o.link, "link", "ethernet", "link type: ethernet, raw, null, sll or sll2")
	flag.StringVar(&o.ip, "ip", "both", "IP version: 4, 6 or both")
	flag.StringVar(&o.format, "format", "pcap", "pcap or pcapng")
	path := flag.String("o", "", "the file to write; FILE.json gets the truth")
	flag.Parse()
	if *path == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := write(*path, o); err != nil {
		fmt.Fprintln(os.Stderr, "genpcap:", err)
		os.Exit(1)
	}
}

func write(path string, o options) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	truth, err := generate(f, o)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(truth, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path+".json", append(text, '\n'), 0o666)
}
