package main

import (
	"io"
	"os"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/term"
)

// guardTerminal remembers how the terminal is before another process holds a
// lesson on it. What it returns is told how that process ended, and gives the
// terminal back if it was killed, and could not do so itself.
func guardTerminal(stdout io.Writer) (ended func(code int)) {
	before, err := term.GetState(os.Stdin.Fd())
	if err != nil {
		return func(int) {}
	}
	return func(code int) {
		if code <= 128 || code == exitInterrupted {
			return
		}
		term.Restore(os.Stdin.Fd(), before)
		io.WriteString(stdout, ansi.ResetModeAltScreenSaveCursor+ansi.SetModeTextCursorEnable+
			ansi.ResetModeBracketedPaste+ansi.ResetModifyOtherKeys+ansi.KittyKeyboard(0, 1)+ansi.SetModeAutoWrap+ansi.ResetStyle)
	}
}
