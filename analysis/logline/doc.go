// Package logline takes apart a line of a log that speaks of a connection's
// error: which error, of which call, between which ends, and when. Go's own
// errors say all of it; lines of other languages and servers are searched for
// addresses, ports, and the words of an errno.
//
// What a line does not say stays unknown. A time without a zone, a year or a day
// is completed by the capture that it is held against ([Stamp.Within]).
package logline
