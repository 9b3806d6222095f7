//go:build amd64 || arm64

package traced

import (
	"os"
	"testing"

	"github.com/rstwatch/rstwatch/scenario"
)

// traced runs this test binary as one of the parts.
func traced(t *testing.T, p string, args ...string) Result {
	t.Helper()
	r, err := Run(Options{Args: append([]string{os.Args[0]}, args...), Env: append(os.Environ(), part+"="+p)})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestExit(t *testing.T) {
	if r := traced(t, "exit"); r.Code != 7 || len(r.Events) != 0 {
		t.Errorf("%+v", r)
	}
}

func TestReset(t *testing.T) {
	r := traced(t, "reset")
	for _, ev := range r.Events {
		t.Logf("%+v", ev)
	}
	last := r.Events[len(r.Events)-1]
	if r.Code != 0 || last.Op != scenario.OpClose {
		t.Errorf("code %d, last %+v", r.Code, last)
	}
}
