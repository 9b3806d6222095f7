package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/nftables"
)

// TestProveRefuses: experiments change the network, so whatever flags are given
// they are made in a private namespace or not at all.
func TestProveRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"run", "reset-on-read", "--prove", "--sandbox", "never"},
		{"run", "--all", "--prove", "--sandbox=never"},
		{"run", "reset-on-read", "--prove", "--step"},
		{"run", "-", "--prove"},
	} {
		var out, errs bytes.Buffer
		if code := execute(t.Context(), args, &out, &errs); code != exitUsage {
			t.Errorf("%q ended with %d, not %d", args, code, exitUsage)
		}
		if !strings.Contains(errs.String(), "--prove") || out.Len() > 0 {
			t.Errorf("%q said %q, and printed %q", args, errs.String(), out.String())
		}
	}
}

// TestProveLeavesNothing: neither an interrupt nor a death in the midst of the
// experiments leaves a process behind, and so no namespace and no rule: both end
// with the processes in them. On the host there is no rule at any time.
func TestProveLeavesNothing(t *testing.T) {
	program := needAble(t, "private")
	for name, how := range map[string]syscall.Signal{"interrupted": syscall.SIGINT, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(program, "run", "broken-pipe", "half-close", "reset-on-read", "user-timeout", "--prove", "--quiet")
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() { ended <- cmd.Wait() }()
			var pids []int
			deadline := time.Now().Add(20 * time.Second)
			spaces := make(map[string]bool)
			for (len(pids) < 4 || len(spaces) == 0) && time.Now().Before(deadline) {
				pids = descendants(cmd.Process.Pid)
				for _, pid := range pids {
					if at := space(pid); at != "" && at != space(os.Getpid()) {
						spaces[at] = true
					}
				}
			}
			if len(pids) < 4 {
				t.Errorf("%d processes perform", len(pids))
			}
			if len(spaces) == 0 {
				t.Error("nothing performs in a namespace of its own")
			}
			if rules := hostRules(); rules != "" {
				t.Errorf("on the host: %s", rules)
			}
			if err := cmd.Process.Signal(how); err != nil {
				t.Error(err)
			}
			<-ended
			deadline = time.Now().Add(20 * time.Second)
			for len(within(spaces)) > 0 && time.Now().Before(deadline) {
				runtime.Gosched()
			}
			if left := within(spaces); len(left) > 0 {
				t.Errorf("processes %v are left in the namespaces", left)
			}
		})
	}
}

// space names the network namespace of a process, "" if it has ended.
func space(pid int) string {
	name, _ := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", pid))
	return name
}

// within lists the processes in these namespaces.
func within(spaces map[string]bool) (pids []int) {
	entries, _ := os.ReadDir("/proc")
	for _, e := range entries {
		if pid, err := strconv.Atoi(e.Name()); err == nil && spaces[space(pid)] {
			pids = append(pids, pid)
		}
	}
	return pids
}

// hostRules names the tables of this namespace that are an experiment's; "" also
// where they can not be listed, and so not be made.
func hostRules() string {
	c, err := nftables.New()
	if err != nil {
		return ""
	}
	tables, err := c.ListTables()
	if err != nil {
		return ""
	}
	var names []string
	for _, table := range tables {
		if strings.HasPrefix(table.Name, "rstwatch-") {
			names = append(names, table.Name)
		}
	}
	return strings.Join(names, ", ")
}
