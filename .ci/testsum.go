//go:build ignore

// Testsum runs a "go test -json" command, shows the output of what failed, and
// ends with how many tests ran and why the others were skipped:
//
//	go run .ci/testsum.go go test -json ./...
//
// A test with subtests is not counted beside them. The last line of all is
// "N passed, N failed, N skipped"; with -tally FILE it is appended to that file
// too. The exit code is 1 if anything failed, or if nothing ran.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
)

func main() {
	tally := flag.String("tally", "", "append the counts to this `file`")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: testsum [-tally FILE] go test -json ...")
		os.Exit(2)
	}
	sum, err := run(flag.Args(), os.Stdout)
	sum.print(os.Stdout, err)
	if *tally != "" {
		if err := appendTo(*tally, sum.counts()); err != nil {
			fmt.Fprintln(os.Stderr, "testsum:", err)
			os.Exit(1)
		}
	}
	fmt.Println(sum.counts())
	if err != nil || sum.failed > 0 || sum.passed == 0 {
		os.Exit(1)
	}
}

func appendTo(file, line string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, line)
	return errors.Join(err, f.Close())
}

// run runs the command and sums its events up; what goes wrong outside of any
// test is in the error.
func run(args []string, w io.Writer) (*summary, error) {
	sum := newSummary(w)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return sum, err
	}
	if err := cmd.Start(); err != nil {
		return sum, err
	}
	readErr := sum.read(out)
	return sum, errors.Join(readErr, cmd.Wait())
}

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// test is one test, or with an empty name one package.
type test struct{ pkg, name string }

func (t test) String() string { return strings.TrimSpace(t.pkg + " " + t.name) }

// summary is what is known so far.
type summary struct {
	w                       io.Writer
	passed, failed, skipped int
	reasons                 map[string]int  // why tests were skipped
	output                  map[test]string // of the tests that have not ended
	parents                 map[test]bool   // tests that have subtests
	broken                  map[test]bool   // tests, and packages, with a failure counted inside
}

func newSummary(w io.Writer) *summary {
	return &summary{
		w: w, reasons: map[string]int{}, output: map[test]string{},
		parents: map[test]bool{}, broken: map[test]bool{},
	}
}

// read takes events until the end. A line that is none is passed through.
func (s *summary) read(r io.Reader) error {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			var e event
			if json.Unmarshal([]byte(line), &e) == nil && e.Action != "" {
				s.add(e)
			} else {
				fmt.Fprint(s.w, line)
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

func (s *summary) add(e event) {
	t := test{cmp.Or(e.Package, e.ImportPath), e.Test}
	switch e.Action {
	case "run":
		s.output[t] = ""
		if i := strings.LastIndex(e.Test, "/"); i >= 0 {
			s.parents[test{e.Package, e.Test[:i]}] = true
		}
	case "output":
		s.output[t] += e.Output
	case "build-output":
		fmt.Fprint(s.w, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(t, e)
		} else {
			s.endTest(t, e.Action)
		}
		delete(s.output, t)
	}
}

func (s *summary) endTest(t test, action string) {
	switch {
	case action == "fail":
		fmt.Fprintf(s.w, "FAIL %s\n%s", t, s.output[t])
		if !s.broken[t] { // else its subtests have been counted
			s.failed++
		}
		s.breakAbove(t)
	case s.parents[t]:
	case action == "skip":
		s.skipped++
		s.reasons[reason(s.output[t])]++
	default:
		s.passed++
	}
}

// breakAbove notes that a failure inside these has been counted.
func (s *summary) breakAbove(t test) {
	for t.name != "" {
		i := max(strings.LastIndex(t.name, "/"), 0)
		t.name = t.name[:i]
		s.broken[t] = true
	}
}

// endPackage counts what a package leaves behind: tests that never ended, as
// after a time-out, and a failure of its own, as of its build or its TestMain.
func (s *summary) endPackage(t test, e event) {
	if e.Action == "fail" {
		for _, open := range s.open(t.pkg) {
			if !s.broken[open] {
				s.failed++
			}
			fmt.Fprintf(s.w, "FAIL %s: did not end\n%s", open, s.output[open])
			delete(s.output, open)
			s.breakAbove(open)
		}
		if !s.broken[t] {
			s.failed++
		}
		fmt.Fprint(s.w, s.output[t])
		fmt.Fprintf(s.w, "FAIL %s %.1fs\n", t, e.Elapsed)
	} else if e.Action == "pass" {
		fmt.Fprintf(s.w, "ok   %s %.1fs\n", t, e.Elapsed)
	}
}

// open lists the package's tests that have begun and not ended, the innermost
// first.
func (s *summary) open(pkg string) []test {
	var all []test
	for t := range s.output {
		if t.pkg == pkg && t.name != "" {
			all = append(all, t)
		}
	}
	slices.SortFunc(all, func(a, b test) int {
		return cmp.Or(strings.Count(b.name, "/")-strings.Count(a.name, "/"), strings.Compare(a.name, b.name))
	})
	return all
}

// logLine is a line that a test logged, "    file_test.go:12: text".
var logLine = regexp.MustCompile(`(?m)^\s+\S+\.go:\d+: (.*)$`)

// scriptLine is the command with which a testscript skips.
var scriptLine = regexp.MustCompile(`(?m)^\s*> .*\bskip '(.*)'$`)

// reason finds why a test was skipped: what its script says, or the last thing
// that it said itself.
func reason(output string) string {
	if script := scriptLine.FindStringSubmatch(output); script != nil {
		return script[1]
	}
	said := logLine.FindAllStringSubmatch(output, -1)
	if len(said) == 0 {
		return "no reason given"
	}
	return said[len(said)-1][1]
}

func (s *summary) counts() string {
	return fmt.Sprintf("%d passed, %d failed, %d skipped", s.passed, s.failed, s.skipped)
}

// print writes the totals and the reasons, the most frequent first.
func (s *summary) print(w io.Writer, err error) {
	if err != nil && s.failed == 0 { // else it only says that something did
		fmt.Fprintln(w, "testsum:", err)
	}
	fmt.Fprintf(w, "ran %d tests, %s\n", s.passed+s.failed+s.skipped, s.counts())
	reasons := slices.SortedFunc(maps.Keys(s.reasons), func(a, b string) int {
		return cmp.Or(s.reasons[b]-s.reasons[a], strings.Compare(a, b))
	})
	for _, text := range reasons {
		fmt.Fprintf(w, "  %d × %s\n", s.reasons[text], text)
	}
}
