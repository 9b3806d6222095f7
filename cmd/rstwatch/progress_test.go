package main

import (
	"bytes"
	"strings"
	"testing"
)

// What is drawn appears when it is time, is drawn anew at each change, and is
// erased for good.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, width: 40, total: 61}
	p.begin("reset-on-read")
	p.end("reset-on-read")
	p.begin("user-timeout")
	if b.Len() > 0 {
		t.Errorf("too early: %q", b.String())
	}
	p.show()
	p.begin("keepalive-timeout")
	p.begin("evil\x1b[2J")
	p.end("user-timeout")
	p.erase()
	p.end("keepalive-timeout")
	p.erase()
	want := strings.Join([]string{"",
		"1 of 61 · user-timeout\x1b[K",
		"1 of 61 · user-timeout …\x1b[K",
		"1 of 61 · user-timeout …\x1b[K",
		"2 of 61 · keepalive-timeout, evil\ufffd[2J\x1b[K",
		"\x1b[K"}, "\r")
	if b.String() != want {
		t.Errorf("drawn %q\nwant  %q", b.String(), want)
	}
}

// A terminal that is too narrow, or knows no more than ASCII, gets less.
func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		width int
		ascii bool
		want  string
	}{
		{80, false, "3 of 9 · half-close, read-deadline, evil\ufffd[2J"},
		{40, false, "3 of 9 · half-close, read-deadline …"},
		{37, false, "3 of 9 · half-close, read-deadline …"},
		{36, false, "3 of 9 · half-close …"},
		{12, false, "3 of 9 …"},
		{38, true, "3 of 9 - half-close ..."},
	} {
		p := &progress{width: c.width, ascii: c.ascii, done: 3, total: 9, underWay: []string{"half-close", "read-deadline", "evil\x1b[2J"}}
		if got := p.line(); got != c.want {
			t.Errorf("%d columns: %q, want %q", c.width, got, c.want)
		}
	}
}

// Nobody is told where there is no terminal.
func TestNoProgress(t *testing.T) {
	var b bytes.Buffer
	p := newOutputFlags().startProgress(&b, 3)
	p.begin("x")
	p.end("x")
	p.erase()
	if p != nil || b.Len() > 0 {
		t.Errorf("%v wrote %q", p, b.String())
	}
}
