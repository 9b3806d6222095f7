package recorded

import (
	"crypto/sha256"
	"fmt"
	"go/scanner"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// stories is where the catalogue's source is.
const stories = "../../scenario/catalog"

// prose are the fields of a story that say something about it and change nothing
// of what it does.
var prose = []string{"Story", "Tags", "Refs"}

// digests returns a line "digest name" for each source file of the catalogue.
func digests(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(stories, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, digest(source)+" "+filepath.Base(name))
	}
	if len(lines) == 0 {
		t.Fatalf("no source in %s", stories)
	}
	return lines
}

// digest is one of the words of a Go file, without its comments, its layout and
// its prose.
func digest(source []byte) string {
	var s scanner.Scanner
	files := token.NewFileSet()
	s.Init(files.AddFile("", files.Base(), len(source)), source, nil, 0)
	h := sha256.New()
	field := ""
	for depth, skip := 0, 0; ; {
		_, tok, text := s.Scan()
		switch tok {
		case token.EOF:
			return fmt.Sprintf("%x", h.Sum(nil)[:8])
		case token.LBRACE, token.LPAREN, token.LBRACK:
			depth++
		case token.RBRACE, token.RPAREN, token.RBRACK:
			depth--
		case token.COLON:
			if skip == 0 && slices.Contains(prose, field) {
				skip = depth
			}
		case token.COMMA:
			if skip == depth {
				skip = 0
			}
		}
		if depth < skip {
			skip = 0 // the last field has no comma behind it
		}
		field = text
		if skip == 0 && tok != token.SEMICOLON {
			io.WriteString(h, tok.String()+" "+text+"\n")
		}
	}
}

func TestDigest(t *testing.T) {
	const plain = `package p
var s = &Scenario{Name: "a", Story: "x" + "y", Play: func() { do(1) }}`
	for name, c := range map[string]struct {
		source string
		same   bool
	}{
		"a comment":       {"// Said.\n" + plain, true},
		"the layout":      {strings.ReplaceAll(plain, ", ", ",\n\t"), true},
		"the story":       {strings.Replace(plain, `"x" + "y"`, `join("z", "u")`, 1), true},
		"what it does":    {strings.Replace(plain, "do(1)", "do(2)", 1), false},
		"another name":    {strings.Replace(plain, `"a"`, `"b"`, 1), false},
		"behind the text": {strings.Replace(plain, "}}", "}, Lab: true}", 1), false},
	} {
		if same := digest([]byte(c.source)) == digest([]byte(plain)); same != c.same {
			t.Errorf("%s: the same digest is %v", name, same)
		}
	}
}
