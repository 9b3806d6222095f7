// Package catalog holds the stories that rstwatch can perform: the ways in which
// a TCP connection ends, each with what its calls return on Linux and on macOS.
//
// There is one story per file, named for it, and the comment at its top tells
// it: who closes, what the wire shows, what the application sees, and why.
// [Chapters] groups them, [All] lists them, [Classics] those to begin with, and
// [Find] finds one by name; [scenario.Perform] plays it.
//
// A story never sleeps. Where a step needs something to have arrived, it waits
// on the socket itself, which takes nothing from it.
package catalog
