package faults

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rstwatch/rstwatch/scenario"
)

// Find returns the guide of the error called name: rstwatch's word for it in any
// case ("ECONNRESET", "deadline"), Go's value ("io.EOF", "syscall.EPIPE") or
// exactly what is printed ("broken pipe"). ok is false if there is none.
func Find(name string) (g Guide, ok bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, g := range All() {
		if name == strings.ToLower(string(g.Fault)) || name == "syscall."+strings.ToLower(string(g.Fault)) {
			return g, true
		}
		for _, alias := range append(g.Prints, g.Names...) {
			if name == strings.ToLower(alias) {
				return g, true
			}
		}
	}
	return Guide{}, false
}

// Recognise returns the guide of the error that a line speaks of, as a log or
// strace(1) has it: "read tcp 10.0.3.7:51234->10.0.9.2:443: read: connection
// reset by peer". Where it speaks of several the last one counts, for in Go the
// cause stands at the end. ok is false if it speaks of none.
func Recognise(line string) (g Guide, ok bool) {
	if g, ok := Find(line); ok {
		return g, true
	}
	line = strings.ToLower(line)
	for _, s := range said {
		if lastWord(line, s.words) >= 0 {
			return Find(string(s.fault))
		}
	}
	last, size := -1, 0 // where it ends, and how much it says: "unexpected EOF" is not "EOF"
	for _, candidate := range All() {
		words := append(append([]string(nil), candidate.Prints...), candidate.Names...)
		if errno(candidate) {
			words = append(words, string(candidate.Fault))
		}
		words = append(words, abroad[candidate.Fault]...)
		for _, w := range words {
			if end := lastWord(line, strings.ToLower(w)); end > last || end == last && end >= 0 && len(w) > size {
				g, ok, last, size = candidate, true, end, len(w)
			}
		}
	}
	return g, ok
}

// abroad is what other languages print of an error where they have words of
// their own: java.net.SocketException, for one; and Python's numbers on Linux, on
// macOS and on Windows.
var abroad = map[scenario.Fault][]string{
	scenario.ECONNRESET:   {"connection reset", "connection was reset", "errno 104", "errno 54", "winerror 10054"},
	scenario.ECONNREFUSED: {"errno 111", "errno 61", "winerror 10061"},
	scenario.ETIMEDOUT:    {"errno 110", "errno 60", "winerror 10060"},
	scenario.EPIPE:        {"errno 32"},
	scenario.ECONNABORTED: {"errno 103", "errno 53", "winerror 10053"},
	"EHOSTUNREACH":        {"errno 113", "errno 65"},
	"ENETUNREACH":         {"errno 101", "errno 51"},
	scenario.Deadline:     {"connect timed out", "read timed out", "SocketTimeoutException"},
}

// said is what programs print of an error for which they use another's words
// beside it: these count, wherever in the line they stand.
var said = []struct {
	words string
	fault scenario.Fault
}{
	{"upstream timed out", scenario.Deadline}, // nginx: its own timer, which it gives ETIMEDOUT
	{"upstream prematurely closed connection", scenario.EOF},
	{"socket hang up", scenario.EOF}, // Node: it gives it ECONNRESET
	{"remote end closed connection without response", scenario.EOF},
	{"server closed the connection unexpectedly", scenario.EOF}, // libpq
}

// errno reports whether the fault is an errno's name, which no sentence has by
// chance. "closed" and "deadline" a sentence may have.
func errno(g Guide) bool { return strings.HasPrefix(string(g.Fault), "E") }

// lastWord returns where the last w in line ends that is no part of a longer
// word, or -1.
func lastWord(line, w string) int {
	for end := len(line); ; {
		i := strings.LastIndex(line[:end], w)
		if i < 0 {
			return -1
		}
		before, _ := utf8.DecodeLastRuneInString(line[:i])
		after, _ := utf8.DecodeRuneInString(line[i+len(w):])
		if !inWord(before) && !inWord(after) {
			return i + len(w)
		}
		end = i + len(w) - 1
	}
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
