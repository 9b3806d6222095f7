package file

import (
	"strings"
	"unicode/utf8"
)

const replacement = "\uFFFD"

// cleanText makes s fit for an option that holds text: valid UTF-8, without
// NUL, at which readers in C stop, and cut between two characters to no more
// than limit octets.
func cleanText(s string, limit int) string {
	s = strings.ToValidUTF8(s, replacement)
	s = strings.ReplaceAll(s, "\x00", replacement)
	if len(s) <= limit {
		return s
	}
	n := limit
	for !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// readText returns the text of an option. Some writers end it with NUL, which
// the format does not ask for.
func readText(v []byte) string {
	return strings.ToValidUTF8(strings.TrimRight(string(v), "\x00"), replacement)
}
