// Package markdown writes what a run or a diagnosis says as Markdown, in the
// dialect of GitHub: the story, a diagram of package mermaid, and the verdicts
// in sentences; above several of them stands a table of contents.
//
// What comes from outside stays text: every character that the language gives a
// meaning to is escaped, a command stands in a fence that nothing in it ends,
// and what GitHub turns into a link or a mention, such as #6, stands as code.
package markdown
