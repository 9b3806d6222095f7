package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
)

// onTTY is the program "ontty FILE PROGRAM ARG...": it runs the program, whose
// /dev/tty is a pseudo-terminal of its own, writes into the file all that comes
// out there, and ends with the program's code.
//
// What testscript has for this, ttyout, now and then lacks the end: it does not
// wait until all has been read.
func onTTY() {
	code, err := runOnTTY(os.Args[1], os.Args[2], os.Args[3:]...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "ontty:", err)
		code = 99
	}
	os.Exit(code)
}

func runOnTTY(file, name string, args ...string) (int, error) {
	master, slave, err := openTerminal()
	if err != nil {
		return 0, err
	}
	defer master.Close()
	out, err := os.Create(file)
	if err != nil {
		return 0, err
	}
	defer out.Close()
	const third = 3 // the first of ExtraFiles
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = os.Stdout, os.Stderr, []*os.File{slave}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: third}
	err = cmd.Start()
	slave.Close()
	if err != nil {
		return 0, err
	}
	// EIO says that nobody has the terminal any more, and nothing of it is left.
	_, err = io.Copy(out, master)
	if errors.Is(err, syscall.EIO) {
		err = nil
	}
	exit := (*exec.ExitError)(nil)
	if failed := cmd.Wait(); !errors.As(failed, &exit) {
		err = errors.Join(err, failed)
	}
	return exitCode(cmd.ProcessState), errors.Join(err, out.Close())
}
