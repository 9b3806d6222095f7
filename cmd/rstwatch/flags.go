package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// choice is a flag that takes one of a few words.
type choice struct {
	value string
	words []string
}

func newChoice(value string, words ...string) *choice { return &choice{value, words} }

// String, Set and Type make a choice a pflag.Value.
func (c *choice) String() string { return c.value }

func (c *choice) Set(s string) error {
	if !slices.Contains(c.words, s) {
		if near := closest(s, c.words); len(near) > 0 {
			return fmt.Errorf("did you mean %s? it takes %s", strings.Join(near, " or "), strings.Join(c.words, ", "))
		}
		return fmt.Errorf("it takes %s", strings.Join(c.words, ", "))
	}
	c.value = s
	return nil
}

func (c *choice) Type() string { return strings.Join(c.words, "|") }

var _ pflag.Value = (*choice)(nil)

// add makes c a flag of cmd, completed in the shell.
func (c *choice) add(cmd *cobra.Command, name, usage string) {
	cmd.Flags().Var(c, name, usage)
	cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.words, cobra.ShellCompDirectiveNoFileComp))
}
