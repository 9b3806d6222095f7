// Rstwatch shows, for every connection error a program gets, the TCP segment
// that caused it, and what made the other side send it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/rstwatch/rstwatch/analysis/report"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/catalog"
	"github.com/rstwatch/rstwatch/scenario/lab"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
	"github.com/rstwatch/rstwatch/scenario/traced"
)

// version is set by the linker (make dist).
var version = "devel"

func main() { program(catalog.All()) }

// program is main, with these scenarios to choose from.
func program(stories []*scenario.Scenario) {
	if lab.Hook() || sandbox.Hook() || traced.Hook() {
		return
	}
	signals := []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP}
	signals = slices.DeleteFunc(signals, signal.Ignored) // as under nohup
	ctx, stop := signal.NotifyContext(context.Background(), signals...)
	code := executeWith(ctx, stories, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// The exit codes, documented in the README.
const (
	exitOK           = 0
	exitUnexplained  = 1
	exitUsage        = 2
	exitNoRight      = 3
	exitFile         = 4
	exitInconclusive = 5
	exitInterrupted  = 130

	// Of exec, beside the command's own, as env(1) has them.
	exitFailed     = 125 // rstwatch itself failed
	exitNotRun     = 126 // the command could not be executed
	exitNotCommand = 127 // there is no such command
)

// failure is an error that ends the program, with its exit code and what the
// user can do next.
type failure struct {
	code int
	err  error
	hint string // "" if the error says it
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// quietly is a failure that has been reported already: only its code counts.
func quietly(code int) error { return &failure{code: code} }

// execute runs the command line and returns the exit code. It is all of main
// but the process.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	return executeWith(ctx, catalog.All(), args, stdout, stderr)
}

func executeWith(ctx context.Context, stories []*scenario.Scenario, args []string, stdout, stderr io.Writer) int {
	root := newRoot(stories, stdout, stderr)
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var f *failure
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &f):
	case errors.As(err, new(*fs.PathError)): // standard output's
		f = unwritable(err)
	default:
		f = &failure{code: exitUsage, err: err, hint: "rstwatch --help"}
	}
	if f.err != nil {
		for line := range strings.Lines("rstwatch: " + f.err.Error() + "\n") {
			fmt.Fprintln(stderr, report.Clean(strings.TrimSuffix(line, "\n"))) // it may quote a file's name
		}
		if f.hint != "" {
			fmt.Fprintf(stderr, "try: %s\n", f.hint)
		}
	}
	return f.code
}
