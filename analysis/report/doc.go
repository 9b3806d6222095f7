// Package report makes an explanation visible: as a ladder and sentences on a
// terminal, and as the JSON document.
//
// Everything here takes finished runs and a writer. Text that came from
// outside, such as a role in somebody's recording, is cleaned of control
// characters before it is printed.
package report
