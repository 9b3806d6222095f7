package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rstwatch/rstwatch/scenario"
)

func newRoot(stories []*scenario.Scenario, stdout, stderr io.Writer) *cobra.Command {
	root := &cobra.Command{
		Use:   "rstwatch",
		Short: "Shows which TCP segment caused a connection error, and what made the other side send it",
		Long: `rstwatch runs reproductions of "connection reset by peer", "broken pipe" and
their relatives while it captures the loopback interface, and ties every
segment to the Read or Write that it failed. exec does so for any program, and
analyze says of captures what the wire tells.`,
		Example: `  rstwatch run                        the classic reset, and the six classics in a table
  rstwatch run broken-pipe -6         one scenario in full, over IPv6
  rstwatch run --all                  every scenario, a line each
  rstwatch run -w resets.pcapng       a recording for Wireshark
  rstwatch exec -- go test ./...      any program of yours, in a private network
  rstwatch explain ECONNRESET         what an error means, and what to do about it
  rstwatch doctor                     what this machine allows`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return unknown("command", args[0], names(cmd.Commands()), "rstwatch --help")
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &failure{code: exitUsage, err: err, hint: cmd.CommandPath() + " --help"}
	})
	root.AddCommand(newRun(stories, stdout, stderr), newReplay(stories, stdout), newPerform(stories), newExec(stderr),
		newAnalyze(os.Stdin, stdout, stderr), newExplain(stdout), newList(stdout), newDoctor(stdout), newVersion(stdout))
	refuseUnknown(root)
	return root
}

// refuseUnknown makes cobra's own commands refuse what they do not know; of
// themselves they print a help text and report success.
func refuseUnknown(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.Args = func(_ *cobra.Command, args []string) error {
				topic, rest, err := root.Find(args)
				if err != nil || len(rest) == 0 {
					return err
				}
				return unknown("command", rest[0], names(topic.Commands()), "rstwatch --help")
			}
		case "completion":
			cmd.Args = func(cmd *cobra.Command, args []string) error {
				if len(args) == 0 {
					return nil
				}
				return unknown("shell", args[0], names(cmd.Commands()), "rstwatch completion --help")
			}
			// Without it cobra would not look at the arguments.
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		}
	}
}

// noArguments is what a command says that takes flags only.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &failure{code: exitUsage, err: fmt.Errorf("%s takes no argument such as %q", cmd.Name(), args[0]), hint: cmd.CommandPath() + " --help"}
}

// closest returns the names that name may have meant, by cobra's measure for
// its own commands.
func closest(name string, names []string) []string {
	parent := &cobra.Command{SuggestionsMinimumDistance: 3}
	for _, n := range names {
		parent.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	return parent.SuggestionsFor(name)
}

func names(cmds []*cobra.Command) []string {
	var list []string
	for _, c := range cmds {
		if c.Hidden {
			continue
		}
		list = append(list, c.Name())
	}
	return list
}

// unknown is the failure for a name that is none of names; hint is what lists
// them.
func unknown(kind, name string, names []string, hint string) error {
	err := fmt.Errorf("unknown %s %q", kind, name)
	if near := closest(name, names); len(near) > 0 {
		err = fmt.Errorf("%w, did you mean %s?", err, strings.Join(near, " or "))
	}
	return &failure{code: exitUsage, err: err, hint: hint}
}
