package main

import (
	"io/fs"
	"strings"
	"testing"
)

func TestTraceable(t *testing.T) {
	for name, c := range map[string]struct{ scope, tracer, want string }{
		"restricted":      {"2\n", "0", "ptrace_scope=1"},
		"forbidden":       {"3\n", "0", "restart"},
		"traced":          {"1\n", "17", "strace"},
		"in a container":  {"1\n", "0", "--cap-add SYS_PTRACE"},
		"nothing to read": {"", "", "--cap-add SYS_PTRACE"},
	} {
		read := func(file string) ([]byte, error) {
			switch {
			case c.scope != "" && strings.HasSuffix(file, "ptrace_scope"):
				return []byte(c.scope), nil
			case c.tracer != "" && strings.HasSuffix(file, "status"):
				return []byte("Name:\tx\nTracerPid:\t" + c.tracer + "\nUid:\t0\n"), nil
			}
			return nil, fs.ErrNotExist
		}
		if got := traceable(read); !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
