package rstwatchtest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/rstwatch/rstwatch/analysis/session"
)

func TestMain(m *testing.M) { os.Exit(Main(examples{m})) }

// examples runs tests, without the examples where nothing can be captured: those
// can not skip.
type examples struct{ *testing.M }

func (e examples) Run() int {
	w := session.NewWatcher()
	err := w.Add(context.Background(), 0)
	w.Close()
	if err != nil {
		flag.Parse()
		fmt.Println("examples are skipped, for they need a capture:", err)
		flag.Set("test.skip", "^Example")
	}
	return e.M.Run()
}
