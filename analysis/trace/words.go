package trace

import (
	"errors"
	"strconv"
	"strings"
)

// split returns the words of a line: what stands between blanks, or a string
// in double quotes as Go writes one, which stays quoted. A # that begins a
// word begins a comment, unless a digit follows: #6 is a segment's number.
func split(line string) (words []string, err error) {
	for {
		line = strings.TrimLeft(line, " \t\r")
		switch {
		case line == "", line[0] == '#' && (len(line) == 1 || line[1] < '0' || line[1] > '9'):
			return words, nil
		case line[0] == '"':
			quoted, err := strconv.QuotedPrefix(line)
			if err != nil {
				return nil, errors.New(`a string has no end: it is "…", as in Go`)
			}
			words, line = append(words, quoted), line[len(quoted):]
		default:
			end := strings.IndexAny(line, " \t\r")
			if end < 0 {
				end = len(line)
			}
			words, line = append(words, line[:end]), line[end:]
		}
	}
}

// bare returns a word without its quotes, if it has any.
func bare(word string) string {
	if text, err := strconv.Unquote(word); err == nil && isQuoted(word) {
		return text
	}
	return word
}

func isQuoted(word string) bool { return strings.HasPrefix(word, `"`) }

// word returns what split and bare read as text: text itself if it is made of
// letters, digits, "-", "_" and "." alone, and quoted if not, for it may come
// from a file.
func word(text string) string {
	plain := text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == ""
	if plain && text != "..." {
		return text
	}
	return strconv.QuoteToASCII(text)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }
