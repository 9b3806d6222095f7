package survey

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// stream is what tshark and a survey are to agree on: by source address and
// port, how many segments had FIN and RST, and tcp.completeness.
type stream struct {
	FIN, RST     map[string]int
	Completeness string
}

// tshark reads a file twice, for only then tcp.completeness is that of the whole
// connection, and leaves out what ICMP errors quote.
func tshark(t *testing.T, path string) map[string]stream {
	t.Helper()
	out, err := exec.Command("tshark", "-2", "-n", "-r", path, "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE",
		"-Y", "tcp && !icmp && !icmpv6", "-T", "fields",
		"-e", "tcp.stream", "-e", "ip.src", "-e", "ipv6.src", "-e", "tcp.srcport",
		"-e", "tcp.flags.fin", "-e", "tcp.flags.reset", "-e", "tcp.completeness").Output()
	if err != nil {
		t.Logf("%s: tshark: %v", path, err)
	}
	streams := make(map[string]stream)
	for line := range strings.Lines(string(out)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) != 7 || strings.Contains(f[0], ",") {
			t.Fatalf("%s: tshark says %q", path, line)
		}
		s, ok := streams[f[0]]
		if !ok {
			s = stream{FIN: make(map[string]int), RST: make(map[string]int)}
		}
		from := f[1] + f[2] + " " + f[3]
		if isSet(f[4]) {
			s.FIN[from]++
		}
		if isSet(f[5]) {
			s.RST[from]++
		}
		s.Completeness = f[6]
		streams[f[0]] = s
	}
	return streams
}

// isSet reads a flag, which tshark prints as 1 or as True.
func isSet(s string) bool { return s == "1" || s == "True" }

func TestAgreesWithTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		t.Skipf("needs tshark: %v", err)
	}
	if testing.Short() {
		t.Skip("needs half a second a file; not with -short")
	}
	connections := 0
	for _, path := range captures(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			got := make(map[string]stream)
			for c := range surveyed(t, path).Connections() {
				connections++
				s := stream{make(map[string]int), make(map[string]int), fmt.Sprint(uint8(c.Completeness))}
				for _, side := range c.Sides {
					from := side.Addr.Addr().String() + " " + strconv.Itoa(int(side.Addr.Port()))
					if side.FIN > 0 {
						s.FIN[from] = int(side.FIN)
					}
					if side.RST > 0 {
						s.RST[from] = int(side.RST)
					}
				}
				got[fmt.Sprint(c.Stream)] = s
			}
			if diff := cmp.Diff(tshark(t, path), got); diff != "" {
				t.Errorf("tshark (-) and the survey (+):\n%s", diff)
			}
		})
	}
	if connections == 0 {
		t.Error("no connection in any file")
	}
}
