package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// errLost says that a witness has not seen all.
var errLost = errors.New("not all was seen")

// how is one way to run a load.
type how struct {
	name string
	run  func(o options, dir string, command []string) (µs float64, err error)
}

// howMeasured lists the ways that take turns. Root hears the kernel besides.
func howMeasured() []how {
	list := []how{
		{"alone", func(_ options, _ string, command []string) (float64, error) { return timed(command, nil) }},
		{"tcpdump -i lo -w /dev/null tcp", underTcpdump},
		{"rstwatch exec", execAs(nil, "ptrace")},
		{"strace -f --seccomp-bpf -e trace=network", underStrace("network")},
		{"strace of the calls that exec sees", underStrace(seen)},
	}
	if os.Geteuid() == 0 {
		list[2].name = "rstwatch exec, by root, --witness ptrace"
		list = slices.Insert(list, 2,
			how{"rstwatch exec, by root: eBPF", execAs(nil, "kernel")},
			how{"rstwatch exec, by an ordinary user: ptrace", execAs(&syscall.SysProcAttr{
				Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}, "ptrace")})
	}
	return list
}

// seen are the calls that rstwatch exec stops.
const seen = "read,write,close,recvfrom,sendto,recvmsg,sendmsg,readv,writev,accept4,connect,accept,listen,shutdown,sendfile,splice," +
	"dup,dup2,dup3,close_range,setsockopt,getsockopt,fcntl"

// timed runs a command that prints a number of µs.
func timed(command []string, as *syscall.SysProcAttr) (float64, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.SysProcAttr = as
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("%w: %s", err, stderr.String())
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}

func underStrace(calls string) func(options, string, []string) (float64, error) {
	return func(_ options, _ string, command []string) (float64, error) {
		return timed(append([]string{"strace", "-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=" + calls}, command...), nil)
	}
}

// underTcpdump captures the load as exec does: what it loses, it says at the end.
func underTcpdump(_ options, _ string, command []string) (float64, error) {
	dump := exec.Command("tcpdump", "-i", "lo", "-w", "/dev/null", "tcp")
	said, err := dump.StderrPipe()
	if err != nil {
		return 0, err
	}
	if err := dump.Start(); err != nil {
		return 0, err
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening on") {
	}
	µs, err := timed(command, nil)
	if err := errors.Join(err, dump.Process.Signal(syscall.SIGINT)); err != nil {
		return 0, err
	}
	for lines.Scan() {
		if n, ok := strings.CutSuffix(lines.Text(), " packets dropped by kernel"); ok && n != "0" {
			err = fmt.Errorf("%w: %s", errLost, lines.Text())
		}
	}
	return µs, errors.Join(err, dump.Wait())
}

// execAs holds what is reported against what the load did.
func execAs(as *syscall.SysProcAttr, witness string) func(options, string, []string) (float64, error) {
	return func(o options, dir string, command []string) (float64, error) {
		report := filepath.Join(dir, "report.json")
		defer os.Remove(report)
		µs, err := timed(append([]string{o.rstwatch, "exec", "-q", "--witness", witness, "--all", "--format", "json", "-o", report, "--"}, command...), as)
		if err == nil {
			err = whole(report, o.connections)
		}
		return µs, err
	}
}

// whole reports whether every connection was seen, and all of it.
func whole(report string, connections int) error {
	text, err := os.ReadFile(report)
	if err != nil {
		return err
	}
	var document struct {
		Runs []struct {
			Outcome string
			Capture struct{ Delivered, Dropped int }
		}
	}
	if err := json.Unmarshal(text, &document); err != nil {
		return err
	}
	n := 0
	for _, r := range document.Runs {
		if r.Outcome == "explained" && r.Capture.Dropped == 0 && r.Capture.Delivered >= 9 {
			n++
		}
	}
	if n != connections {
		return fmt.Errorf("%w: %d of %d connections are whole and explained", errLost, n, connections)
	}
	return nil
}
