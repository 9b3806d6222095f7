// Package story performs texts in the notation of package trace.
//
//	# the server aborts under a client that waits
//	client  dial
//	server  accept
//	server  set-linger 0
//	server  close
//	server > client  RST,ACK
//	client  read 16   = ECONNRESET <- RST,ACK
//
// The calls are made in the order of the lines; a call whose result a later
// line brings about is written in two, "client read 16 ..." and "client ... =
// EOF". Results and segments may be left out; what is there is compared with
// what happens.
//
// The roles are client and server; client.2 and server.2 are the ends of
// another connection. A listener is opened before the first dial, unless a
// line "server listen" or "server bind" does it. What is open at the end is
// closed.
//
// # Waiting
//
// A text is read as if every line were over, and all that it sends had arrived,
// before the next. So before each call of a role the story waits, on the sockets
// and with a bound of a second, for what the calls of the other side above it
// must have brought: octets to be there to read (up to 32 KiB), the FIN or the
// RST of a close, and the acknowledgement of a FIN; after a dial, for the
// connection to be in the listener's queue; after a write to a side that had
// closed, for the RST. What begins with "..." is not waited for.
//
// A line with a segment is a wait too: RST until the receiver's socket has hung
// up, FIN until its stream has ended, octets until they can be read, an ACK until
// its receiver has nothing unacknowledged. The captured segment is never the
// signal, for a capture runs ahead of the socket. Where a wait is in vain the
// story goes on, and the comparison says what is missing.
package story
