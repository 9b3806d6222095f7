package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/analysis/story"
	"github.com/rstwatch/rstwatch/analysis/trace"
)

// maxStory is how long a story may be, in octets. One of a hundred calls has
// some five thousand.
const maxStory = 1 << 20

// isStory reports whether an argument of run names a file with a story, or "-"
// for standard input, and not a scenario.
func isStory(arg string) bool {
	return arg == "-" || strings.HasSuffix(arg, ".txt") || strings.ContainsAny(arg, "/"+string(filepath.Separator))
}

// pickStory picks the story in a file. Its name as a scenario is the argument,
// so that another process finds it too.
func (f *runFlags) pickStory(p *picked, arg string) error {
	if p.texts[arg] != nil {
		return nil
	}
	text, err := f.readStory(arg)
	if err != nil {
		return &failure{code: exitFile, err: err, hint: "rstwatch run --help"}
	}
	s, err := story.New(arg, text)
	if err != nil {
		return &failure{code: exitUsage, err: placed(fileName(arg), err), hint: "rstwatch run --help"}
	}
	if p.texts == nil {
		p.texts = make(map[string]*story.Story)
	}
	p.texts[arg] = s
	p.add(s.Scenario, true)
	return nil
}

func fileName(arg string) string {
	if arg == "-" {
		return "standard input"
	}
	return arg
}

// readStory reads the text of a story. That of standard input is kept, for a
// process in a private namespace that reads it once more.
func (f *runFlags) readStory(arg string) (string, error) {
	in, shut, err := openInput(arg, os.Stdin)
	if err != nil {
		return "", err
	}
	defer shut()
	text, err := io.ReadAll(io.LimitReader(in, maxStory+1))
	switch {
	case err != nil:
		return "", err
	case len(text) > maxStory:
		return "", fmt.Errorf("%s: a story has at most %d octets", fileName(arg), maxStory)
	case !trace.IsText(text):
		return "", fmt.Errorf("%s: it is no text: rstwatch analyze reads recordings", fileName(arg))
	}
	if arg == "-" {
		f.input = string(text)
	}
	return string(text), nil
}

// judge sets how a performance of a story comes out other than its text says.
func (o *outputs) judge(s *story.Story, r *analysis.Run) {
	var wrong []string
	for _, err := range s.Differs(r) {
		wrong = append(wrong, placed(fileName(r.Scenario), err).Error())
	}
	r.Differs = strings.Join(wrong, "; ")
	o.contradicted = o.contradicted || r.Differs != ""
}

// errAlone refuses standard input beside other names, whose processes might
// want it too.
var errAlone = errors.New("- is standard input: give no other name beside it")

// openInput opens a file, or standard input for "-".
func openInput(path string, stdin io.Reader) (in io.Reader, shut func() error, err error) {
	if path == "-" {
		return stdin, func() error { return nil }, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	if info, err := file.Stat(); err == nil && info.IsDir() {
		file.Close()
		return nil, nil, fmt.Errorf("%s is a directory", path)
	}
	return file, file.Close, nil
}
