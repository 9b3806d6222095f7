// Package postmortem conducts the reading of capture files: it opens them, puts
// the packets of several in the order of their stamps, and hands their segments
// to a survey (package survey). What a survey is too small to hold, a second
// reading collects of the connections that are chosen: it comes upon the same
// streams with the same numbers.
package postmortem
