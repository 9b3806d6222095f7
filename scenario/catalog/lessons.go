package catalog

import (
	"embed"
	"io/fs"
)

//go:embed lessons/*.txt
var lessons embed.FS

// Lessons returns the classics as texts that rstwatch run performs, one file
// each, named for the story it tells: "reset-on-read.txt". They are to be
// copied and changed.
func Lessons() fs.FS {
	sub, err := fs.Sub(lessons, "lessons")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return sub
}
