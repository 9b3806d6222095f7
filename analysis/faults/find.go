package faults

import (
	"strings"
	"unicode"
	"unicode/utf8"
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
	last, size := -1, 0 // where it ends, and how much it says: "unexpected EOF" is not "EOF"
	for _, candidate := range All() {
		words := append(append([]string(nil), candidate.Prints...), candidate.Names...)
		if errno(candidate) {
			words = append(words, string(candidate.Fault))
		}
		for _, w := range words {
			if end := lastWord(line, strings.ToLower(w)); end > last || end == last && end >= 0 && len(w) > size {
				g, ok, last, size = candidate, true, end, len(w)
			}
		}
	}
	return g, ok
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
