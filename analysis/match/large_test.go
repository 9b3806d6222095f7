package match

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rstwatch/rstwatch/analysis/logline"
	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/scenario"
)

// hundredThousand is the survey of a capture that genpcap has made, of more than
// 100,000 connections.
func hundredThousand(t *testing.T) *survey.Tracker {
	path := filepath.Join(t.TempDir(), "big.pcap")
	gen := exec.Command("go", "run", "../../.ci/genpcap", "-packets", "700000", "-at-once", "5000", "-data", "2", "-snap", "80", "-o", path)
	if out, err := gen.CombinedOutput(); err != nil {
		t.Skipf("genpcap: %v: %s", err, out)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	in, err := file.NewScanner(f)
	if err != nil {
		t.Fatal(err)
	}
	tr := survey.New(0, nil)
	var p file.Packet
	var b capture.Brief
	for n := uint32(1); ; n++ {
		if err := in.Next(&p); err == io.EOF {
			return tr
		} else if err != nil {
			t.Fatal(err)
		}
		if capture.Look(&b, p.Link, p.Data, p.Wire) == nil {
			tr.Add(p.Nanos, n, &b)
		}
	}
}

// TestAmongHundredThousand: the right connection is found by its ends, also used
// again; by the ports that a NAT leaves; and by the end that was dialled and the
// time.
func TestAmongHundredThousand(t *testing.T) {
	if testing.Short() {
		t.Skip("makes a capture of 100,000 connections")
	}
	tr := hundredThousand(t)
	var all []survey.Connection
	for c := range tr.Connections() {
		all = append(all, c)
	}
	if len(all) < 100_000 {
		t.Fatalf("%d connections", len(all))
	}
	r := rand.New(rand.NewPCG(1, 2))
	tried := 0
	for tried < 8 {
		c := &all[r.IntN(len(all))]
		if c.Reset == nil || c.Reset.From != 1 || c.Ending != survey.WasReset || !c.Sides[0].Next.Read.Surely(scenario.ECONNRESET) {
			continue
		}
		tried++
		client, server := c.Sides[0].Addr, c.Sides[1].Addr
		at := time.Unix(0, c.Reset.Time).UTC().Format("2006-01-02T15:04:05.000000000Z")
		for kind, text := range map[string]string{
			"ends":   fmt.Sprintf("read tcp %v->%v: read: connection reset by peer", client, server),
			"timed":  fmt.Sprintf("%s read tcp %v->%v: read: connection reset by peer", at, client, server),
			"ports":  fmt.Sprintf("%s read tcp 203.0.113.9:%d->203.0.113.10:%d: read: connection reset by peer", at, client.Port(), server.Port()),
			"server": fmt.Sprintf("%s recv() failed (104: Connection reset by peer) while reading response header from upstream, upstream: \"http://%v/\"", at, server),
			"client": fmt.Sprintf("%s read tcp %v->%v: read: connection reset by peer", at, client, netip.MustParseAddrPort("10.96.0.1:443")),
		} {
			line, ok := logline.Parse(text)
			began := time.Now()
			got := Find(tr.Connections(), line, logline.Stamp{}, time.UTC)
			if spent := time.Since(began); spent > 10*time.Second {
				t.Errorf("%s took %v", text, spent)
			}
			if !ok || len(got.Candidates) == 0 || got.Candidates[0].Connection.Stream != c.Stream && kind != "ends" {
				t.Errorf("stream %d: %s\n%s, %+v", c.Stream, text, got.Why, streamsOf(got))
			}
			if kind == "ends" && !among(got, c.Stream) {
				t.Errorf("stream %d: %s\n%+v", c.Stream, text, streamsOf(got))
			}
		}
	}
}

func among(a Answer, stream uint32) bool {
	for _, k := range a.Candidates {
		if k.Connection.Stream == stream {
			return true
		}
	}
	return false
}

func streamsOf(a Answer) (list []string) {
	for _, k := range a.Candidates {
		list = append(list, fmt.Sprint(k.Connection.Stream, k.weight, k.Certainty, k.Reasons))
	}
	return list
}
