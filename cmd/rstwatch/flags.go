package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
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

// port is a flag that takes a port, 0 for any that is free.
type port uint16

// String, Set and Type make a port a pflag.Value.
func (p *port) String() string { return strconv.Itoa(int(*p)) }

func (p *port) Set(s string) error {
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return errors.New("it takes a number from 0 to 65535")
	}
	*p = port(n)
	return nil
}

func (p *port) Type() string { return "port" }

var (
	_ pflag.Value = (*choice)(nil)
	_ pflag.Value = (*port)(nil)
)

// add makes c a flag of cmd, completed in the shell.
func (c *choice) add(cmd *cobra.Command, name, usage string) {
	cmd.Flags().Var(c, name, usage)
	cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(c.words, cobra.ShellCompDirectiveNoFileComp))
}
