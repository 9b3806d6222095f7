package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

// made is a capture to measure on.
type made struct {
	name    string
	packets int
	atOnce  int
	snap    int
	data    int     // most data segments of a connection
	wall    float64 // the bounds of the ratios; 0 is none
	cpu     float64
}

// full is a snap length that cuts nothing off.
const full = 262144

// captures are those of the bounds, the memory and the growth.
var captures = []made{
	{"2,000 at a time, 96 octets", 5_000_000, 2_000, 96, 8, 1.0, 1.25},
	{"2,000 at a time, whole", 2_000_000, 2_000, full, 8, 1.0, 0},
	{"100,000 at a time, 96 octets", 5_000_000, 100_000, 96, 8, 1.3, 0},
	{"300,000 at a time, short", 2_500_000, 300_000, 96, 0, 0, 0}, // fewer than are held in all
	{"2,000 at a time, long", 1_000_000, 2_000, 96, 500, 0, 0},
	{"growth: small", 1_000_000, 2_000, 96, 8, 0, 0},
	{"growth: large", 20_000_000, 2_000, 96, 8, 0, 0},
}

// shorter is a tenth of m.
func (m made) shorter() made {
	m.packets /= 10
	m.atOnce = min(m.atOnce, m.packets/10)
	return m
}

// octets is about how large the file is: a frame has 66 octets of headers and
// the stamp 16, and half of the frames have payload.
func (m made) octets() int64 {
	payload := min(1448/2/2, max(0, m.snap-66))
	return int64(m.packets) * int64(16+66+payload)
}

// truth is what genpcap says of a capture.
type truth struct {
	Packets     uint64
	Connections uint64
	Endings     map[string]uint64
	Segments    struct{ SYN, FIN, RST uint64 }
}

// make makes the capture, unless it is there, and returns its path and the truth.
func (m made) make(genpcap, dir string) (path string, t truth, err error) {
	path = filepath.Join(dir, fmt.Sprintf("%d-%d-%d-%d.pcap", m.packets, m.atOnce, m.snap, m.data))
	text, err := os.ReadFile(path + ".json")
	if errors.Is(err, os.ErrNotExist) {
		err = run(genpcap, "-packets", fmt.Sprint(m.packets), "-at-once", fmt.Sprint(m.atOnce), "-snap", fmt.Sprint(m.snap),
			"-data", fmt.Sprint(m.data), "-o", path)
		if err == nil {
			text, err = os.ReadFile(path + ".json")
		}
	}
	if err == nil {
		err = json.Unmarshal(text, &t)
	}
	return path, t, err
}

// warm reads a file, so that it is in memory.
func warm(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(io.Discard, f)
	return err
}

func run(name string, args ...string) error {
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	return nil
}
