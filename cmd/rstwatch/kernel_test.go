package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
)

// TestKernelTrial: of each kernel, doctor says what it gives, what is lost, and
// what would help.
func TestKernelTrial(t *testing.T) {
	all := kernel.Kinds()
	for name, c := range map[string]struct {
		offer  probe.Offer
		err    error
		ok     bool
		says   []string
		remedy string
	}{
		"all of it":        {probe.Offer{Backend: "ebpf", Kinds: all, Reasons: true, Whole: true}, nil, true, []string{"10 of", "ebpf"}, ""},
		"before 6.10":      {probe.Offer{Backend: "ebpf", Kinds: all, Stacks: true, Whole: true}, nil, true, []string{"6.10", "stack"}, ""},
		"hidden symbols":   {probe.Offer{Backend: "ebpf", Kinds: all, Whole: true}, nil, false, []string{"kptr_restrict", "inferred alone"}, ""},
		"before 6.3":       {probe.Offer{Backend: "ebpf", Kinds: all[:4], Missing: []kernel.Kind{kernel.SendLength, kernel.RecvLength}, Reasons: true, Whole: true}, nil, true, []string{"no sock_send_length, sock_recv_length"}, ""},
		"tracefs":          {probe.Offer{Backend: "tracefs", Kinds: all[:5], Reasons: true}, nil, true, []string{"tracefs", "not every RST"}, ""},
		"tracefs, no eBPF": {probe.Offer{Backend: "tracefs", Kinds: all[:5], Reasons: true}, &probe.Error{Because: "a seccomp filter", Err: probe.ErrPermission}, true, []string{"through tracefs", "no eBPF: a seccomp filter"}, ""},
		"tracefs, old":     {probe.Offer{Backend: "tracefs", Kinds: all[:5], Whole: true}, nil, false, []string{"no stack", "inferred alone"}, ""},
		"not permitted":    {probe.Offer{}, &probe.Error{Because: "a seccomp filter", Remedy: "another profile", Err: probe.ErrPermission}, false, []string{"a seccomp filter", "inferred alone"}, "another profile"},
		"another failure":  {probe.Offer{}, errors.New("odd"), false, []string{"odd"}, ""},
	} {
		got := kernelTrial(c.offer, c.err)
		if got.OK != c.ok || got.Remedy != c.remedy {
			t.Errorf("%s: %+v", name, got)
		}
		for _, text := range c.says {
			if !strings.Contains(got.Detail, text) {
				t.Errorf("%s: %q does not say %q", name, got.Detail, text)
			}
		}
	}
}
