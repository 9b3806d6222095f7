package mermaid

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// update makes the goldens say what is written now: go test -update.
var update = flag.Bool("update", false, "write the golden files anew")

func TestGoldens(t *testing.T) {
	for name, text := range map[string]string{
		"abort": abort,
		"rejected": opening + `
0.000180..0.000210 client write 2
0.000184 client > server PSH,ACK len 2
0.000189 net > client ICMP 3/1 about server seq 1
0.000250..0.900000 client read 16 = EHOSTUNREACH`,
		"never-returns": opening + "0.000220 client read 16 ...\n0.000240..0.000260 server write 0",
		"empty":         "",
	} {
		got, path := written(t, explained(t, text)), filepath.Join("testdata", name+".mmd")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("%s (-want +got), go test -update makes it so\n%s", path, d)
		}
	}
}
