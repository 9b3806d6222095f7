package sandboxtest

import (
	"net"
	"os"
	"testing"

	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestLoopbackIsOwn(t *testing.T) {
	if missing := Missing(); missing != "" {
		t.Skip("needs " + missing)
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		if i.Flags&net.FlagUp != 0 && i.Name != "lo" {
			t.Errorf("%s is up: this is not a private network", i.Name)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestMissingOutside(t *testing.T) {
	if sandbox.Inside() {
		if Missing() != "" {
			t.Errorf("a sandbox lacks %s", Missing())
		}
		return
	}
	if Missing() == "" {
		t.Error("nothing is missing outside a sandbox")
	}
}
