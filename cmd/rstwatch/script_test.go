package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
)

// awaitedKey is under what a script keeps its *awaited.
type awaitedKey struct{}

// patience is how long a script waits for what must happen.
const patience = time.Minute

type scriptCommand = func(ts *testscript.TestScript, neg bool, args []string)

// scriptCommands are the commands of scripts beyond testscript's own.
func scriptCommands() map[string]scriptCommand {
	cmds := map[string]scriptCommand{
		"appears":   appears,
		"beside":    beside,
		"exits":     exits,
		"json":      printJSON,
		"lasts":     lasts,
		"owner":     owner,
		"port":      ports(),
		"recording": printRecording,
	}
	maps.Copy(cmds, captureCommands())
	maps.Copy(cmds, platformCommands())
	return cmds
}

// want stops the script unless it called the command without "!" and with
// this many arguments.
func want(ts *testscript.TestScript, neg bool, args []string, n int, usage string) {
	if neg || len(args) != n {
		ts.Fatalf("usage: %s", usage)
	}
}

// appears DIR PATTERN waits until a file of such a name is in a folder.
func appears(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "appears DIR PATTERN")
	err := until(func() bool {
		found, err := filepath.Glob(filepath.Join(ts.MkAbs(args[0]), args[1]))
		ts.Check(err)
		return len(found) > 0
	})
	if err != nil {
		ts.Fatalf("no %s in %s: %v", args[1], args[0], err)
	}
}

// until asks again and again whether something holds, for there is no event to
// wait for in another process.
func until(holds func() bool) error {
	again := time.NewTicker(2 * time.Millisecond)
	defer again.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-again.C:
		case <-limit:
			return fmt.Errorf("not within %v", patience)
		}
	}
	return nil
}

// exits CODE PROGRAM ARG... runs the program, which must end with the code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	code := 0
	err := ts.Exec(args[1], args[2:]...)
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		code = exitCode(exit.ProcessState)
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("it ended with %d, not %s", code, args[0])
	}
}

// exitCode is what a shell would say.
func exitCode(s *os.ProcessState) int {
	if status, ok := s.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return s.ExitCode()
}

// json FILE PATH prints what is at the path in a JSON document, one value a
// line: strings as they are, the rest as compact JSON. A path is keys and
// indexes with dots between; "*" stands for all, and each of them must have
// what follows. With "!" nothing may be at the path.
func printJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: json FILE PATH")
	}
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.UseNumber()
	var document any
	if err := dec.Decode(&document); err != nil {
		ts.Fatalf("%s is not JSON: %v", args[0], err)
	}
	if _, err := dec.Token(); err != io.EOF {
		ts.Fatalf("%s goes on after the document", args[0])
	}
	values, err := lookUp(document, strings.Split(args[1], "."))
	switch {
	case neg && len(values) > 0:
		ts.Fatalf("%s is there: %v", args[1], values)
	case !neg:
		ts.Check(err)
	}
	for _, v := range values {
		if _, ok := v.(string); !ok {
			text, err := json.Marshal(v)
			ts.Check(err)
			v = string(text)
		}
		fmt.Fprintln(ts.Stdout(), v)
	}
}

// lookUp returns the values at the path, and an error if there is one that
// lacks the rest of the path.
func lookUp(v any, path []string) ([]any, error) {
	if len(path) == 0 {
		return []any{v}, nil
	}
	var next []any
	switch v := v.(type) {
	case map[string]any:
		if path[0] == "*" {
			for _, key := range slices.Sorted(maps.Keys(v)) {
				next = append(next, v[key])
			}
		} else if child, ok := v[path[0]]; ok {
			next = []any{child}
		}
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil && i >= 0 && i < len(v) {
			next = v[i : i+1]
		} else if path[0] == "*" {
			next = v
		}
	}
	if len(next) == 0 && path[0] != "*" {
		return nil, fmt.Errorf("no %q in %v", path[0], v)
	}
	var found []any
	var errs []error
	for _, child := range next {
		values, err := lookUp(child, path[1:])
		found, errs = append(found, values...), append(errs, err)
	}
	return found, errors.Join(errs...)
}

// lasts FILE PAUSE checks that in each run of a report every call of the story
// began at least a pause after the one before it. Waits are not paced.
func lasts(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "lasts FILE PAUSE")
	pause, err := time.ParseDuration(args[1])
	ts.Check(err)
	var report struct {
		Runs []struct {
			Events []struct {
				Op    string
				Start time.Time
			}
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &report))
	gaps := 0
	for _, r := range report.Runs {
		var last time.Time
		for _, ev := range r.Events {
			if ev.Op == "poll" {
				continue
			}
			if gap := ev.Start.Sub(last); !last.IsZero() {
				gaps++
				if gap < pause {
					ts.Fatalf("%s came %v after the call before it", ev.Op, gap)
				}
			}
			last = ev.Start
		}
	}
	if gaps == 0 {
		ts.Fatalf("no run has two calls")
	}
}

// beside FILE NAME NAME checks that in a report a run of the first scenario and
// one of the second were under way at the same time; with "!" that none were.
func beside(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: beside FILE NAME NAME")
	}
	var report struct {
		Runs []struct {
			Scenario string
			Events   []struct{ Start, End time.Time }
		}
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &report))
	found := false
	for i, a := range report.Runs {
		for _, b := range report.Runs[i+1:] {
			if a.Scenario == args[1] && b.Scenario == args[2] &&
				a.Events[0].Start.Before(b.Events[len(b.Events)-1].End) && b.Events[0].Start.Before(a.Events[len(a.Events)-1].End) {
				found = true
			}
		}
	}
	if found == neg {
		ts.Fatalf("%s and %s were under way at the same time: %v", args[1], args[2], found)
	}
}

// owner FILE UID checks to whom a file belongs.
func owner(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 2, "owner FILE UID")
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	if uid := fmt.Sprint(info.Sys().(*syscall.Stat_t).Uid); uid != args[1] {
		ts.Fatalf("%s belongs to user %s, not %s", args[0], uid, args[1])
	}
}

// ports returns the command "port free|held VAR". It sets VAR to a port of
// 127.0.0.1 where nobody listens, or where the test listens until the script
// ends; to another one each time.
func ports() scriptCommand {
	// Below the range that the kernel gives to clients, so that none gets a
	// free one by chance.
	const first, count = 20000, 12000
	var next atomic.Uint32
	next.Store(uint32(os.Getpid()))
	return func(ts *testscript.TestScript, neg bool, args []string) {
		want(ts, neg, args, 2, "port free|held VAR")
		for range count {
			port := strconv.Itoa(first + int(next.Add(1)%count))
			l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", port))
			if errors.Is(err, syscall.EADDRINUSE) {
				continue
			}
			ts.Check(err)
			if args[0] == "held" {
				ts.Defer(func() { l.Close() })
			} else {
				ts.Check(l.Close())
			}
			ts.Setenv(args[1], port)
			return
		}
		ts.Fatalf("no port is free")
	}
}

// recording FILE prints a line for each run that the project's own reader
// finds in a recording.
func printRecording(ts *testscript.TestScript, neg bool, args []string) {
	want(ts, neg, args, 1, "recording FILE")
	runs, err := recording.Read(strings.NewReader(ts.ReadFile(args[0])), analysis.Linux())
	ts.Check(err)
	for _, r := range runs {
		fmt.Fprintf(ts.Stdout(), "%s: %d calls, %d segments, %d verdicts, %s\n",
			r.Scenario, len(r.Evidence.Events), len(r.Evidence.Segments), len(r.Verdicts), r.Result())
	}
}
