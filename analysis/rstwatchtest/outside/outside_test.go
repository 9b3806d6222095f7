package outside

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/recording"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
)

// TestMain: a binary that makes private networks is tried out by running it again.
func TestMain(m *testing.M) {
	if sandbox.Hook() {
		return
	}
	os.Exit(m.Run())
}

// outcome is what a run of a test binary left.
type outcome struct {
	code           int
	stdout, stderr string
}

// program is the test binary, run by a user.
type program struct {
	path string
	user func(*exec.Cmd)
	env  []string
}

func (p program) run(t *testing.T, args ...string) outcome {
	t.Helper()
	cmd := exec.Command(p.path, args...)
	cmd.Dir = public(t) // a fuzz target that fails writes there
	p.user(cmd)
	cmd.Env = append(cmd.Environ(), p.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return outcome{cmd.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// TestOutside runs the tests of the module outside, as this user and, where this one
// is root, as one without any privilege.
func TestOutside(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program: not with -short")
	}
	binary := build(t)
	boxed := sandbox.Probe().Err()
	for name, user := range users() {
		t.Run(name, func(t *testing.T) {
			p := program{path: binary, user: user}
			t.Run("in place", func(t *testing.T) { inPlace(t, p) })
			if boxed != nil {
				t.Skip("needs a private network namespace: ", boxed)
			}
			for name, test := range map[string]func(*testing.T, program){
				"fails": fails, "passes": passes, "shows": shows, "codes": codes, "coverage": coverage, "fuzz": fuzz, "recordings": recordings,
			} {
				t.Run(name, func(t *testing.T) { test(t, p) })
			}
		})
	}
}

// fails: a test that fails prints the ladder and the verdict of the connection that
// failed, and one that fails for another reason a line of each.
func fails(t *testing.T, p program) {
	got := p.run(t, "-test.run=^Test(Put|HTTP|Hello)$")
	if got.code != 1 || got.stderr != "" {
		t.Errorf("exit code %d, standard error %q", got.code, got.stderr)
	}
	for pattern, times := range map[string]int{
		`(?m)^ {8}upload_test\.go:46: rstwatch:\n {12}TestPut/.*, connection 1`: 2,
		`(?m)^ {12}.* ━+ #\d+ PSH,ACK ━`:                                        2,
		`(?m)^ {12}.* ◀━ #\d+ RST,ACK ━`:                                        2,
		`(?m)^ {12}.* close, 999 bytes unread$`:                                 2,
		`(?m)^ {12}.* ┗ .*✗ ECONNRESET ← #\d+$`:                                 2,
		`(?m)^ {14}reason   TCP_ABORT_ON_CLOSE, inferred`:                       2,
		`(?m)^ {12}127\.0\.0\.1:\d+ → 127\.0\.0\.1:\d+$`:                        1,
		`(?m)^ {12}\[::1\]:\d+ → \[::1\]:\d+$`:                                  1,
		`(?m)^    upload_test\.go:87: rstwatch:\n {8}connection 1, `:            1,
		`TestHello`: 0, `CLOSED`: 0, `DEADLINE`: 0, `\x1b`: 0, `(?m)^ {12}.{81}`: 0,
	} {
		if n := len(regexp.MustCompile(pattern).FindAllString(got.stdout, -1)); n != times {
			t.Errorf("%d times %s, not %d, in\n%s", n, pattern, times, got.stdout)
		}
	}
}

// passes: a test that passes prints nothing of its own accord.
func passes(t *testing.T, p program) {
	got := p.run(t, "-test.run=^Test(Hello|Fault|Helper)$", "-test.v")
	if got.code != 0 || strings.Contains(got.stdout+got.stderr, "rstwatch") || strings.Count(got.stdout, "\n--- PASS: ") != 3 {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// shows: unless it asks for it.
func shows(t *testing.T, p program) {
	got := p.run(t, "-test.run=^TestShown$", "-test.v")
	if got.code != 0 || !strings.Contains(got.stdout, "upload_test.go:82: rstwatch:\n        TestShown, connection 1 ") ||
		!strings.Contains(got.stdout, "EOF ← #") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// codes: the exit code is that of the tests, and so are the flags.
func codes(t *testing.T, p program) {
	for _, c := range []struct {
		code int
		args string
		want string // in what is printed
	}{
		{0, "-test.run=^NoSuch$", "no tests to run"},
		{0, "-test.list=^TestH", "TestHello\nTestHTTP\nTestHelper\n"},
		{1, "-test.run=^TestPut$", "--- FAIL: TestPut"},
		{2, "-test.no-such-flag", "-test.no-such-flag"},
		{2, "-test.run=^TestHello$ -test.timeout=1ns", "panic: test timed out"},
	} {
		got := p.run(t, strings.Fields(c.args)...)
		if got.code != c.code || !strings.Contains(got.stdout+got.stderr, c.want) {
			t.Errorf("%s: exit code %d\n%s%s", c.args, got.code, got.stdout, got.stderr)
		}
	}
}

// coverage is that of the tests, and nobody misses that of the process that waits.
func coverage(t *testing.T, p program) {
	dir := public(t)
	profile := filepath.Join(dir, "cover.out")
	got := p.run(t, "-test.run=^TestHello$", "-test.coverprofile="+profile, "-test.gocoverdir="+dir)
	if got.code != 0 || strings.Contains(got.stderr, "GOCOVERDIR") {
		t.Errorf("exit code %d, %q", got.code, got.stderr)
	}
	if text := read(t, profile); !regexp.MustCompile(`(?m)^example\.org/upload/upload\.go:.* 1$`).MatchString(text) {
		t.Errorf("nothing is covered:\n%s", text)
	}
	for _, name := range []string{"covmeta.*", "covcounters.*"} {
		if found, err := filepath.Glob(filepath.Join(dir, name)); err != nil || len(found) != 1 {
			t.Errorf("%s: %q, %v", name, found, err)
		}
	}
}

// fuzz: workers share the network of the process that leads them.
func fuzz(t *testing.T, p program) {
	got := p.run(t, "-test.run=^$", "-test.fuzz=^FuzzAsk$", "-test.fuzztime=4x", "-test.fuzzcachedir="+public(t))
	if got.code != 0 || !strings.Contains(got.stdout+got.stderr, "execs: ") || strings.Contains(got.stdout+got.stderr, "not explained") {
		t.Errorf("exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
}

// recordings of tests that failed are kept where the environment says.
func recordings(t *testing.T, p program) {
	dir := public(t)
	p.env = append(p.env, "RSTWATCHTEST_DIR="+dir)
	p.run(t, "-test.run=^Test(Put|Hello)$")
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(list) != 2 {
		t.Fatalf("%q, %v", list, err)
	}
	for _, name := range list {
		runs, err := recording.Read(strings.NewReader(read(t, name)), analysis.Linux())
		if err != nil || len(runs) != 1 || runs[0].Result() != analysis.Explained.String() || len(runs[0].Verdicts) == 0 {
			t.Errorf("%s: %d runs, %v", name, len(runs), err)
		}
	}
}

// inPlace: without a private network the tests run as they are, and say so once;
// they skip and fail for nothing.
func inPlace(t *testing.T, p program) {
	p.env = append(p.env, "RSTWATCHTEST_INPLACE=1")
	got := p.run(t, "-test.run=^Test(Hello|Fault|HTTP)$", "-test.v")
	const said = "rstwatchtest: no private network (RSTWATCHTEST_INPLACE is set): the tests run as they are"
	if strings.Count(got.stderr, said) != 1 || !strings.Contains(got.stdout, "\n--- PASS: TestHello ") || got.code != 1 {
		t.Errorf("exit code %d, standard error %q\n%s", got.code, got.stderr, got.stdout)
	}
	explained := strings.Contains(got.stdout, "\n--- PASS: TestFault ")
	unexplained := strings.Contains(got.stdout, "\n--- SKIP: TestFault ") &&
		strings.Count(got.stdout, "rstwatch: connections are not explained: ") == 3
	if explained == unexplained {
		t.Errorf("explained %v, not explained %v:\n%s", explained, unexplained, got.stdout)
	}
}
