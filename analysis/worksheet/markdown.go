package worksheet

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// opening is what makes a block of Markdown at the beginning of a line.
var opening = regexp.MustCompile(`^(?:[-+=]|#+(?:\s|$)|\d+[.)])`)

// linked is what GitHub makes a link of though nobody marked it.
var linked = regexp.MustCompile(`(?i)://|\bwww\.`)

// escaped makes text that came from a program or a peer mean itself in Markdown:
// what could be markup, of Markdown or of HTML, is written as a character
// reference (CommonMark §2.5), and what is unprintable, or not UTF-8, becomes
// U+FFFD. Lines become one.
func escaped(t string) string {
	t = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return ' '
		case !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(t, string(unicode.ReplacementChar))))
	marks := make(map[int]bool) // the offsets of characters that would be markup where they stand
	if m := opening.FindStringIndex(t); m != nil {
		at := 0
		if unicode.IsDigit(rune(t[0])) {
			at = m[1] - 1 // the octet behind the number
		}
		marks[at] = true
	}
	for _, m := range linked.FindAllStringIndex(t, -1) {
		if t[m[0]] == ':' {
			marks[m[0]] = true
		} else {
			marks[m[1]-1] = true
		}
	}
	var b strings.Builder
	for i, r := range t {
		if marks[i] || strings.ContainsRune("\\`*[]<>&|~", r) || r == '_' && !within(t, i) {
			b.WriteString("&#" + strconv.Itoa(int(r)) + ";")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// within reports whether the octet at i stands between two letters or digits,
// where an underscore is no markup.
func within(t string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(t[:i])
	after, _ := utf8.DecodeRuneInString(t[i+1:])
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	return word(before) && word(after)
}
