package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// kernelVar is the environment variable that tells a process in a private
// namespace the first of the descriptors through which it hears the kernel.
const kernelVar = "RSTWATCH_KERNEL"

// firstFile is the descriptor of the first of [sandbox.Options.Files].
const firstFile = 3

// lent is how many files are lent.
const lent = 3

// lendKernel lets the child that o asks for hear the kernel, where this process
// may; otherwise it goes without. What it returns ends that, once the child has.
func lendKernel(o *sandbox.Options) (end func()) {
	l, err := probe.Lend()
	if err != nil {
		return func() {} // rstwatch doctor says why
	}
	first := firstFile + len(o.Files)
	o.Files = append(o.Files, l.Files()...)
	o.Env = append(o.Env, kernelVar+"="+strconv.Itoa(first))
	o.Started = func(pid int) {
		if l.To(pid) != nil {
			l.Close() // the child is refused, and does without
		}
	}
	return func() { l.Close() }
}

// borrowedKernel hears the kernel through what the parent has lent, and is nil
// if it has lent nothing. It may be called once.
func borrowedKernel() *probe.Probe {
	first, err := strconv.Atoi(os.Getenv(kernelVar))
	if err != nil || first < firstFile || !sandbox.Inside() {
		return nil
	}
	os.Unsetenv(kernelVar) // it means nothing to a child of this process
	var files []*os.File
	for i := range lent {
		files = append(files, os.NewFile(uintptr(first+i), "kernel"))
	}
	p, err := probe.Borrow(files)
	if err != nil {
		return nil // rstwatch doctor says why
	}
	return p
}

// kernelsWord tries whether the kernel tells why it sends an RST, and says what
// is lost where it does not.
func kernelsWord() report.Trial {
	f := report.Trial{What: "the kernel's own reasons"}
	p, err := probe.Open(probe.Options{Own: true, Ports: []uint16{1}, Calls: true})
	if err != nil {
		f.Detail = err.Error() + ": reasons are inferred alone"
		if errors.Is(err, probe.ErrPermission) {
			f.Remedy = "sudo rstwatch run"
		}
		return f
	}
	defer p.Close()
	o := p.Offer()
	f.OK, f.Detail = o.Reasons, fmt.Sprintf("%d of the kernel's trace events, through %s", len(o.Kinds), o.Backend)
	if !o.Reasons {
		f.Detail += "; but not why an RST was sent (Linux 6.10 or later): reasons are inferred alone"
	}
	if len(o.Missing) > 0 {
		var names []string
		for _, k := range o.Missing {
			names = append(names, k.String())
		}
		f.Detail += "; this kernel has no " + strings.Join(names, ", ")
	}
	return f
}
