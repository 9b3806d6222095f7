package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/postmortem"
	"github.com/rstwatch/rstwatch/capture/file"
)

// No scenario fails as it should not, so the codes that say so are tested here.
func TestVerdict(t *testing.T) {
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	var (
		explained    = analysis.Run{Explanation: analysis.Explanation{Outcome: analysis.Explained}}
		unexplained  = analysis.Run{Explanation: analysis.Explanation{Outcome: analysis.Unexplained}}
		inconclusive = analysis.Run{Explanation: analysis.Explanation{Outcome: analysis.Inconclusive}}
		unexpected   = analysis.Run{Explanation: analysis.Explanation{Outcome: analysis.Explained}, Differs: "client read succeeded"}
		cut          = analysis.Run{Explanation: analysis.Explanation{Outcome: analysis.Explained}, Trouble: "interrupted"}
	)
	cases := []struct {
		name    string
		ctx     context.Context
		runs    []analysis.Run
		trouble error
		code    int
		says    string // "" where the report has said it
	}{
		{"all explained", t.Context(), []analysis.Run{explained, explained}, nil, exitOK, ""},
		{"one unexplained", t.Context(), []analysis.Run{explained, unexplained}, nil, exitUnexplained, ""},
		{"one other than expected", t.Context(), []analysis.Run{unexpected, explained}, nil, exitUnexplained, ""},
		{"one inconclusive", t.Context(), []analysis.Run{explained, inconclusive}, nil, exitInconclusive, ""},
		{"unexplained and inconclusive", t.Context(), []analysis.Run{inconclusive, unexplained}, nil, exitUnexplained, ""},
		{"trouble", t.Context(), []analysis.Run{explained, cut}, errors.New("lo is down"), exitInconclusive, "lo is down"},
		{"trouble, unexplained", t.Context(), []analysis.Run{unexplained, cut}, errors.New("lo is down"), exitUnexplained, "lo is down"},
		{"a failure, unexpected", t.Context(), []analysis.Run{unexpected}, broken(errors.New("it died")), exitUnexplained, "it died"},
		{"trouble with a file", t.Context(), []analysis.Run{explained}, unwritable(errors.New("disk full")), exitFile, "disk full"},
		{"interrupted", interrupted, []analysis.Run{cut}, interrupted.Err(), exitInterrupted, "complete"},
		{"interrupted, unexplained", interrupted, []analysis.Run{unexplained}, nil, exitInterrupted, "complete"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out := &outputs{flags: &outputFlags{}, seen: make(map[string]int)}
			for i := range c.runs {
				if err := out.add(&c.runs[i]); err != nil {
					t.Fatal(err)
				}
			}
			err := verdict(c.ctx, out, c.trouble)
			if c.code == exitOK {
				if err != nil {
					t.Fatalf("verdict: %v", err)
				}
				return
			}
			var f *failure
			if !errors.As(err, &f) || f.code != c.code {
				t.Fatalf("verdict: %#v, want exit code %d", err, c.code)
			}
			if (f.err == nil) != (c.says == "") || f.err != nil && !strings.Contains(f.Error(), c.says) {
				t.Errorf("it says %v, want %q", f.err, c.says)
			}
		})
	}
}

// A failure is one line and the next step; one that the report has told adds
// nothing.
func TestFailurePrinted(t *testing.T) {
	cases := []struct {
		args []string
		code int
		want string
	}{
		{[]string{"run", "--repeat", "0"}, exitUsage,
			"rstwatch: --repeat takes a number from 1, not 0\ntry: rstwatch run --help\n"},
		{[]string{"run", "-w", "x.txt"}, exitUsage,
			"rstwatch: -w x.txt: the name must end in .pcapng or .pcap\ntry: -w x.txt.pcapng\n"},
		{[]string{"version"}, exitOK, ""},
		{[]string{"help"}, exitOK, ""},
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.args), func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			if code := execute(t.Context(), c.args, &stdout, &stderr); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			if stderr.String() != c.want {
				t.Errorf("stderr:\n%swant:\n%s", stderr.String(), c.want)
			}
			if (stdout.Len() > 0) != (c.code == exitOK) {
				t.Errorf("stdout: %q", stdout.String())
			}
		})
	}
}

// An interrupt counts also before there is anything to interrupt.
func TestInterruptedAtOnce(t *testing.T) {
	t.Setenv("SUDO_UID", "") // root must not be given up by this process
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	for range 5 {
		var stdout, stderr bytes.Buffer
		switch execute(interrupted, []string{"run", "--sandbox", "never"}, &stdout, &stderr) {
		case exitInterrupted:
			if !strings.Contains(stderr.String(), "rstwatch: interrupted") {
				t.Errorf("stderr: %s", stderr.String())
			}
		case exitNoRight:
			t.Skip("needs the right to capture on the host: run as root")
		default:
			t.Errorf("not interrupted: %s%s", stdout.String(), stderr.String())
		}
	}
}

// A reading that fails has a next step that helps with it.
func TestUnreadable(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
		hint string
	}{
		{fmt.Errorf("keep what came of a pipe: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}), exitFile, "a TMPDIR with room"},
		{&file.FormatError{Offset: 10, Msg: "the file ends", Err: io.ErrUnexpectedEOF}, exitFile, "what came before"},
		{&file.FormatError{Msg: "the file is empty", Err: io.ErrUnexpectedEOF}, exitFile, "a pcap or pcapng file"},
		{fs.ErrPermission, exitFile, "sudo"},
		{postmortem.ErrStdinTwice, exitUsage, "rstwatch analyze --help"},
	} {
		f := new(failure)
		if !errors.As(unreadable(c.err), &f) || f.code != c.code || !strings.HasPrefix(f.hint, c.hint) {
			t.Errorf("%v: got code %d and %q, want %d and %q…", c.err, f.code, f.hint, c.code, c.hint)
		}
	}
}
