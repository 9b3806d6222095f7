package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rstwatch/rstwatch/capture/file"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/capture/live"
	"github.com/rstwatch/rstwatch/scenario/lab"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// TestMain makes this test binary the program itself, for the scripts.
func TestMain(m *testing.M) {
	if lab.Hook() || sandbox.Hook() {
		os.Exit(0)
	}
	programs := helperPrograms()
	programs["rstwatch"] = main
	testscript.Main(m, programs)
}

// TestScripts runs testdata/script: each script is a promise of the command
// line, kept by the real program.
//
// Beyond testscript's own conditions there are:
//
//	root         the tests run as root
//	host         this process may capture on the host's loopback
//	private      a private namespace can be had
//	able         one of the two
//	setpriv      as root, setpriv can start the program as user 65534
//	limitable    a user namespace's limit of namespaces can be set
//	namespaces   they can be made, whatever they grant
//	stripped     namespaces can be made, and grant nothing
//	filters      this build compiles filters
//	nonloopback  $NONLOOPBACK is an interface of that kind
//	ebpf         as root, the kernel tells of calls through eBPF
func TestScripts(t *testing.T) {
	runScripts(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}

// runScripts runs scripts, with "NAME=value" besides in their environment.
func runScripts(t *testing.T, p testscript.Params, more ...string) {
	program := findProgram(t)
	conditions := conditionsFor(program)
	p.RequireExplicitExec, p.RequireUniqueNames, p.Cmds = true, true, scriptCommands()
	p.Setup = func(env *testscript.Env) error {
		env.Values[awaitedKey{}] = &awaited{}
		env.Setenv("NONLOOPBACK", nonLoopback())
		env.Vars = append(env.Vars, more...)
		// A program built for the race detector would take a second to
		// end.
		if os.Getenv("GORACE") == "" {
			env.Setenv("GORACE", "atexit_sleep_ms=0")
		}
		return errors.Join(admitAll(filepath.Dir(program), 0o755), admitAll(filepath.Dir(env.WorkDir), 0o755),
			admitAll(os.Getenv("GOCOVERDIR"), 0o777))
	}
	p.Condition = func(name string) (bool, error) {
		if holds, ok := conditions[name]; ok {
			return holds(), nil
		}
		return false, fmt.Errorf("unknown condition %q", name)
	}
	testscript.Run(t, p)
}

// findProgram returns the path of the program that scripts run.
func findProgram(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("rstwatch")
	if err != nil {
		t.Fatal(err)
	}
	return program
}

// admitAll lets every user into a temporary folder and those above it, for
// scripts in which root becomes someone else.
func admitAll(dir string, mode os.FileMode) error {
	top := os.TempDir() + string(filepath.Separator)
	for d := dir; os.Geteuid() == 0 && strings.HasPrefix(d, top); d = filepath.Dir(d) {
		if err := os.Chmod(d, mode); err != nil {
			return err
		}
		mode = 0o755
	}
	return nil
}

func conditionsFor(program string) map[string]func() bool {
	host := sync.OnceValue(func() bool {
		h, err := live.Open(live.Options{Ports: []uint16{1}})
		return err == nil && h.Close() == nil
	})
	trial := sync.OnceValue(sandbox.Probe)
	private := func() bool { return trial().Err() == nil }
	root := func() bool { return os.Geteuid() == 0 }
	works := func(name string, args ...string) func() bool {
		return sync.OnceValue(func() bool { return exec.Command(name, args...).Run() == nil })
	}
	ebpf := sync.OnceValue(func() bool {
		l, err := new(probe.Lender).Lend(probe.Options{Calls: true})
		return err == nil && l.Close() == nil
	})
	ordinary := works("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "test", "-x", program)
	return map[string]func() bool{
		"root":        root,
		"ebpf":        func() bool { return root() && ebpf() },
		"host":        host,
		"private":     private,
		"able":        func() bool { return host() || private() },
		"setpriv":     func() bool { return root() && private() && ordinary() },
		"limitable":   works("unshare", "--user", "--map-root-user", "sh", "-c", "echo 0 >/proc/sys/user/max_user_namespaces"),
		"namespaces":  func() bool { r := trial(); return r.User == nil && r.Net == nil },
		"stripped":    func() bool { return errors.Is(trial().Err(), sandbox.ErrStripped) },
		"filters":     func() bool { _, err := file.NewFilter("tcp"); return err == nil },
		"nonloopback": func() bool { return nonLoopback() != "" },
	}
}

// nonLoopback names an interface that is not loopback, or returns "".
func nonLoopback() string {
	all, err := net.Interfaces()
	if err != nil {
		return ""
	}
	for _, ifi := range all {
		if ifi.Flags&net.FlagLoopback == 0 {
			return ifi.Name
		}
	}
	return ""
}
