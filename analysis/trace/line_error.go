package trace

import "fmt"

// LineError is what is wrong with a line of a text, or about what came of it.
type LineError struct {
	Line int // from 1
	Err  error
}

// Error returns such as "line 7: no operation".
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns Err.
func (e *LineError) Unwrap() error { return e.Err }
