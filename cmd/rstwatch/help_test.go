package main

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelpFits: what a command says of itself does not wrap on 80 columns.
func TestHelpFits(t *testing.T) {
	root := newRoot(nil, io.Discard, io.Discard)
	commands := root.Commands()
	if len(commands) < 7 {
		t.Fatalf("%d commands", len(commands))
	}
	for _, c := range append(commands, root) {
		for line := range strings.Lines(c.Long) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > 80 {
				t.Errorf("%s --help: %d columns: %s", c.Name(), n, line)
			}
		}
	}
}
