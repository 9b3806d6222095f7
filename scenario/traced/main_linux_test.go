//go:build amd64 || arm64

package traced

import (
	"fmt"
	"os"
	"testing"
)

// part is the environment variable that makes this test binary play a program
// that is to be traced, or one that traces it.
const part = "TRACED_TEST_PART"

func TestMain(m *testing.M) {
	if Hook() {
		return
	}
	if p := os.Getenv(part); p != "" {
		os.Exit(play(p))
	}
	os.Exit(m.Run())
}

func play(p string) int {
	do := parts[p]
	if do == nil {
		fmt.Fprintln(os.Stderr, "no part", p)
		return 2
	}
	return do()
}
