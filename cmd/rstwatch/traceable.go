package main

import (
	"errors"
	"os"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario/traced"
)

// othersCalls tries what rstwatch exec takes, besides a private namespace.
func othersCalls() report.Trial {
	f := report.Trial{What: "calls of a command (exec)"}
	switch err := traced.Probe(); {
	case errors.Is(err, traced.ErrRefused):
		f.Detail, f.Remedy = err.Error(), traceable(os.ReadFile)
	case err != nil:
		f.Detail = err.Error()
	default:
		f.OK, f.Detail = true, "a child can be traced, and its calls filtered"
	}
	return f
}

// traceable says what would let a child be traced, by what read finds in /proc.
func traceable(read func(name string) ([]byte, error)) string {
	scope, _ := read("/proc/sys/kernel/yama/ptrace_scope")
	status, _ := read("/proc/self/status")
	_, tracer, _ := strings.Cut(string(status), "\nTracerPid:\t")
	tracer, _, _ = strings.Cut(tracer, "\n")
	switch strings.TrimSpace(string(scope)) {
	case "2":
		return "sysctl -w kernel.yama.ptrace_scope=1"
	case "3":
		return "kernel.yama.ptrace_scope below 2, which takes a restart: 3 can not be lowered"
	}
	if tracer != "" && tracer != "0" {
		return "outside of strace, debuggers and rstwatch exec"
	}
	return "in a container, docker run --cap-add SYS_PTRACE, or --security-opt seccomp=unconfined"
}
