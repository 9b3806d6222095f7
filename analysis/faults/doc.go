// Package faults is what a person should know who has met a connection error:
// what has happened, which call tells it and what the next ones say, how to tell
// its causes apart on the wire, and what a Go program should do about it.
//
// There is one [Guide] for each error, near its relatives in a file. [Find] knows
// an error by any of its names, [Recognise] finds it in a line of a log, and
// [All] has them in the order in which people meet them. What the stories of the
// catalogue and the rows of the models say of an error is not repeated here:
// scenario.Scenario.Gives and analysis.Model.Causes have it.
//
// What is said of Linux was measured, what is said of macOS was read from its
// source (SEMANTICS.md); what is said of Go is tested here.
package faults
