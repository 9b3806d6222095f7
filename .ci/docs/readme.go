package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
)

// columns is how wide a line of a listing is shown.
const columns = 118

// listing is what tshark printed, for a README: lines that are too long are cut,
// and end in an ellipsis.
func listing(list []byte) string {
	var b strings.Builder
	b.WriteString("$ tshark -r x.pcapng\n")
	for line := range strings.Lines(string(list)) {
		if r := []rune(strings.TrimRight(line, " \n")); len(r) > columns {
			fmt.Fprintf(&b, "%s…\n", strings.TrimRight(string(r[:columns-1]), " "))
		} else {
			fmt.Fprintf(&b, "%s\n", string(r))
		}
	}
	return b.String()
}

// fill puts a text into a file, as code between the comments "made: NAME" and
// "end of NAME".
func fill(file, name, text string) error {
	old, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	begin, end := "<!-- made: "+name+" -->\n", "<!-- end of "+name+" -->"
	before, rest, ok := bytes.Cut(old, []byte(begin))
	_, after, ends := bytes.Cut(rest, []byte(end))
	if !ok || !ends {
		return fmt.Errorf("%s has no place for the %s: %q, and %q below it", file, name, begin, end)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s```\n%s```\n%s%s", before, begin, text, end, after)
	return os.WriteFile(file, b.Bytes(), 0o644)
}
