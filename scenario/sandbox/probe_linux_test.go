package sandbox

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestProbeAsOrdinaryUser(t *testing.T) {
	needSandbox(t)
	cmd := actor(t, "probe")
	asNobody(t, cmd)
	out, err := cmd.Output()
	if err != nil || string(out) != strings.Repeat("true\n", 4) {
		t.Errorf("%v: %s", err, out)
	}
}

func TestProbeStripped(t *testing.T) {
	needSandbox(t)
	cmd := actor(t, "probe-stripped")
	var text strings.Builder
	cmd.Stderr = &text
	out, err := cmd.Output()
	if err == nil || string(out) != "true\ntrue\nfalse\ntrue\n" {
		t.Errorf("%v: %s", err, out)
	}
	if want := "open a packet socket: " + ErrStripped.Error() + ": operation not permitted; "; !strings.Contains(text.String(), want) {
		t.Errorf("%q is not in %q", want, text.String())
	}
}

// A trial that is refused is told from one that fails.
func TestAnswer(t *testing.T) {
	for _, c := range []struct {
		errno    unix.Errno
		stripped bool
	}{{unix.EPERM, true}, {unix.EACCES, true}, {unix.EAFNOSUPPORT, false}} {
		err := answer{}.err("open a packet socket", c.errno)
		if !errors.Is(err, c.errno) || errors.Is(err, ErrStripped) != c.stripped {
			t.Errorf("%v gave %v", c.errno, err)
		}
	}
	if err := (answer{}).err("x", 0); err != nil {
		t.Error(err)
	}
}

// An ordinary process that is not a trial goes on.
func TestHookElsewhere(t *testing.T) {
	if Hook() {
		t.Error("Hook took this process for a trial")
	}
}

func TestParseIDs(t *testing.T) {
	got, err := parseIDs("         0     100000      65536\n     65536       1000          1\n")
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	if got[1].ContainerID != 65536 || got[1].HostID != 65536 || got[1].Size != 1 {
		t.Errorf("second line: %+v: an id must stand for itself", got[1])
	}
	if _, err := parseIDs("0 x 1\n"); err == nil {
		t.Error("rubbish was read")
	}
}
