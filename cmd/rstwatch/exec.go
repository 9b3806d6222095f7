package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/analysis/session"
	"github.com/rstwatch/rstwatch/capture/kernel/probe"
	"github.com/rstwatch/rstwatch/scenario"
	"github.com/rstwatch/rstwatch/scenario/sandbox"
	"github.com/rstwatch/rstwatch/scenario/traced"
)

// execFlags are the flags of rstwatch exec.
type execFlags struct {
	*outputFlags
	all     bool
	witness string // of calls: one of those below, or "" for the first that there is
}

func newExec(stderr io.Writer) *cobra.Command {
	f := &execFlags{outputFlags: newOutputFlags()}
	cmd := &cobra.Command{
		Use:   "exec [flags] -- COMMAND [ARG...]",
		Short: "Run any command and explain each connection error that it gets",
		Long: `Run any command, unmodified, and its children, and explain each connection error
that they get.

The command runs as you, in a private network: on 127.0.0.1 and ::1 it reaches
what it starts itself, and nothing else. Its output, its signals and its exit
code are its own. When it and all that it started have ended, daemons too, the
report of the connections on which a call failed goes to standard error, or to
the file that -o names. None of them outlives rstwatch. As root it also has the
kernel's own reason for each RST, and the kernel tells of the calls, through
eBPF; otherwise ptrace does, which stops each of them.

Not seen: sockets that the command inherited or was sent, and 32-bit programs.
io_uring is refused (ENOSYS), and set-user-ID programs gain nothing.

The exit code is the command's; 128 and the signal's number if one ended it;
125 if rstwatch failed, 126 if the command can not be executed, 127 if there is
none. Linux only.`,
		Example: `  rstwatch exec -- go test ./...
  rstwatch exec -w errors.pcapng -- python3 client_and_server.py
  rstwatch exec --format html -o errors.html -- ./program`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return outOfExec(f.run(cmd.Context(), args, stderr))
		},
	}
	f.outputFlags.add(cmd)
	cmd.Flags().Lookup("output").Usage = "write the report to `FILE` instead of standard error"
	cmd.Flags().BoolVar(&f.all, "all", false, "report every connection, not only those on which a call failed")
	cmd.Flags().StringVar(&f.witness, "witness", "", "have the calls told by `WHO`: kernel (eBPF, as root) or ptrace; the kernel by default, where it tells")
	cmd.Flags().SetInterspersed(false)
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		return &failure{code: exitFailed, err: err, hint: "rstwatch exec --help"}
	})
	return cmd
}

// outOfExec gives what went wrong one of the codes that exec ends with.
func outOfExec(err error) error {
	var f *failure
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &f):
		return &failure{code: exitFailed, err: err}
	case f.err == nil:
		return f // the command's own
	case f.code == exitNotRun || f.code == exitNotCommand:
		return f
	}
	return &failure{code: exitFailed, err: f.err, hint: f.hint}
}

// run is the whole of rstwatch exec.
func (f *execFlags) run(ctx context.Context, args []string, stderr io.Writer) error {
	if len(args) == 0 {
		return &failure{code: exitFailed, err: errors.New("exec takes a command"), hint: "rstwatch exec -- COMMAND"}
	}
	if err := f.check("rstwatch exec --help"); err != nil {
		return err
	}
	if err := f.checkWitness(); err != nil {
		return err
	}
	if _, err := exec.LookPath(args[0]); err != nil {
		return unstarted(args[0], err)
	}
	if !sandbox.Inside() {
		o := sandbox.Options{UID: -1, GID: -1, Prompt: true}
		if uid, gid, ok := sandbox.Invoker(); ok {
			o.UID, o.GID = uid, gid
		}
		o.Files = inherited() // where they are: what is lent stands behind them
		defer lendKernel(new(probe.Lender), f.lends(), &o)()
		code, err := sandbox.Run(o)
		if err != nil {
			return &failure{code: exitFailed, err: err, hint: "rstwatch doctor"}
		}
		return quietly(code)
	}
	return f.runInside(ctx, args, stderr)
}

// inherited are the files that this process was given besides the standard ones,
// each at its own place from descriptor 3 on, and nil where there is none.
func inherited() (files []*os.File) {
	for _, fd := range slices.Sorted(slices.Values(traced.Inherited())) {
		for firstFile+len(files) < fd {
			files = append(files, nil)
		}
		files = append(files, os.NewFile(uintptr(fd), "inherited"))
	}
	return files
}

// gcPercent lets memory grow to five times what is kept before it is looked
// through: the collector would run beside the command, which waits for its tracer.
const gcPercent = 400

// runInside runs the command in this process's private network.
func (f *execFlags) runInside(ctx context.Context, args []string, stderr io.Writer) error {
	kernel, deaf := borrowedKernel() // first: what was lent is not the command's
	debug.SetGCPercent(gcPercent)
	inherit := traced.Inherited()
	if err := sandbox.Up(); err != nil {
		return err
	}
	s, err := session.OpenAll(ctx, session.Options{Families: []scenario.Family{scenario.IPv4}, Kernel: kernel, Deaf: deaf})
	if err != nil {
		return err
	}
	defer s.Close()
	out, err := f.outputs(stderr, false)
	if err != nil {
		return err
	}
	defer out.abort()
	if !f.quiet {
		fmt.Fprintln(stderr, "rstwatch: a private network: the command reaches only what it starts itself")
	}
	witness, err := f.chooseWitness(s, stderr)
	if err != nil {
		return err
	}
	var result traced.Result
	started := false
	wanted := func(calls []scenario.Event) bool { return f.all || slices.ContainsFunc(calls, failed) }
	witnessed, err := watch(s, witness, filepath.Base(args[0]), wanted, func() (_ traced.Result, err error) {
		left := f.leftover(stderr)
		defer left.Stop()
		result, err = traced.Run(traced.Options{Args: args, Env: sandbox.Environment(), Inherit: inherit, Untold: witness == byKernel,
			Left: func() { left.Reset(leftPatience) }})
		started = err == nil
		return result, err
	})
	if err != nil && witnessed.Runs == nil && !started {
		return unstarted(args[0], err)
	}
	if err := f.tell(out, witnessed, stderr); err != nil {
		return err
	}
	if err != nil {
		return err
	}
	return quietly(result.Code)
}

// leftPatience is how long what a command has left may go on before that is said.
const leftPatience = time.Second

// leftover returns a timer that is stopped, and says, when it is up, what is
// being waited for.
func (f *execFlags) leftover(stderr io.Writer) *time.Timer {
	timer := time.AfterFunc(time.Hour, func() {
		if !f.quiet {
			fmt.Fprintln(stderr, "rstwatch: the command has ended, and what it has started has not; "+
				"the report comes when that ends: Ctrl-C or SIGTERM tells it to, a second one kills it")
		}
	})
	timer.Stop()
	return timer
}
