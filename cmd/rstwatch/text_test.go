package main

import (
	"errors"
	"strings"
	"testing"
)

// log is a text without an end; it counts how much of it was read.
type log struct{ read int }

func (l *log) Read(b []byte) (int, error) {
	if l.read > 2*maxText {
		return 0, errors.New("it is read to its end")
	}
	n := copy(b, strings.Repeat("read tcp: connection reset by peer\n", len(b)/35+1))
	l.read += n
	return n, nil
}

// TestLongText: a log that somebody takes for a capture is not read into memory.
func TestLongText(t *testing.T) {
	f := &analyzeFlags{outputFlags: newOutputFlags()}
	if _, err := f.read(new(log)); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("got %v", err)
	}
}
