package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

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
// may, as it is wanted; otherwise it goes without, and is told why. What it returns ends that, once
// the child has.
func lendKernel(lender *probe.Lender, wanted probe.Options, o *sandbox.Options) (end func()) {
	l, err := lender.Lend(wanted)
	if err != nil {
		o.Env = append(o.Env, kernelVar+"="+probe.Because(err))
		return func() {}
	}
	first := firstFile + len(o.Files)
	o.Files = append(o.Files, l.Files()...)
	o.Env = append(o.Env, kernelVar+"="+strconv.Itoa(first))
	o.Started = func(pid int) {
		if l.To(pid) != nil {
			l.Close() // the child is refused, and says so
		}
	}
	return func() { l.Close() }
}

// borrowedKernel hears the kernel through what the parent has lent, and is nil
// if it has lent nothing; err says why, nil if this process has no such parent.
// It may be called once.
func borrowedKernel() (p *probe.Probe, err error) {
	said, ok := os.LookupEnv(kernelVar)
	if !ok || !sandbox.Inside() {
		return nil, nil
	}
	os.Unsetenv(kernelVar) // it means nothing to a child of this process
	first, err := strconv.Atoi(said)
	if err != nil || first < firstFile {
		return nil, errors.New(said)
	}
	var files []*os.File
	for i := range lent {
		files = append(files, os.NewFile(uintptr(first+i), "kernel"))
	}
	return probe.Borrow(files)
}

// kernelsWord tries whether the kernel tells why it sends an RST, and says what
// is lost where it does not.
func kernelsWord() report.Trial {
	o := probe.Options{Backend: "ebpf", Own: true, Ports: []uint16{1}, Calls: true}
	p, refused := probe.Open(o)
	if refused != nil {
		o.Backend, o.Calls = "tracefs", false
		var err error
		if p, err = probe.Open(o); err != nil {
			return kernelTrial(probe.Offer{}, refused)
		}
	}
	defer p.Close()
	return kernelTrial(p.Offer(), refused)
}

// kernelTrial says what an offer gives and what is lost, and why eBPF was refused,
// if it was; without a backend there is no offer.
func kernelTrial(o probe.Offer, refused error) report.Trial {
	f := report.Trial{What: "the kernel's own reasons"}
	if o.Backend == "" {
		f.Detail = probe.Because(refused) + ": reasons are inferred alone"
		var e *probe.Error
		if errors.As(refused, &e) {
			f.Remedy = e.Remedy
		}
		return f
	}
	f.OK, f.Detail = o.Reasons || o.Stacks, fmt.Sprintf("%d of the kernel's trace events, through %s", len(o.Kinds), o.Backend)
	if without := o.Without(); without != "" {
		f.Detail += "; " + without
	}
	if refused != nil {
		f.Detail += "; no eBPF: " + probe.Because(refused)
	}
	if !f.OK {
		f.Detail += ": reasons are inferred alone"
	}
	return f
}
