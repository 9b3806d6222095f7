// Package trace reads evidence from text: the calls of both applications and
// the segments between them, one a line, in the order in which they happened.
//
//	# a byte left unread turns close into an abort
//	client  dial
//	server  accept
//	client  write 2
//	client > server  PSH,ACK len 2
//	server > client  ACK
//	server  read 1               = 1
//	server  close
//	server > client  RST,ACK     reason TCP_ABORT_ON_CLOSE
//	client  read 16              = ECONNRESET <- RST,ACK
//
// A call is ROLE OP, where close-listener closes what listen opened, the octets it asks for (or the seconds of a set-linger,
// the bits of a poll), and after = what it returned: octets, a fault, or both
// as in "5+ECONNRESET".
// Without = it succeeded in full. A call that ends in "..." has begun; a later
// line "ROLE ... = RESULT" is its return.
//
// A segment is ROLE > ROLE FLAGS, followed by seq, ack, win and len where they
// are other than the next in sequence, everything acknowledged, 65535 and 0.
// Sequence numbers are relative to the sender's SYN, as in Wireshark. A dial
// that is complete in one line has the handshake put in.
//
// An ICMP error about what a role sent last is net > ROLE ICMP TYPE/CODE, or
// ICMP6.
//
// Lines stand a millisecond apart and a call takes a tenth of that, unless a
// line begins with times in seconds: "0.001" or "0.001..0.002".
//
// What the model is to say of a line follows: several results after =, joined
// by |, are all that it may predict, the first being what was returned;
// "<- FLAGS" is the segment that caused it, the last to that side with these
// flags, and "<- none" says that no segment did; "rule NAME" the row that decided,
// for a segment the last that applied to it; "reason NAME" why an RST was sent;
// "! unexplained" or "! inconclusive" how the verdict must come out. "! strange" that by the
// model the socket can not have sent the segment then: somebody else did.
//
// "ROLE is STATE, ..." says all that the model must know of a socket then, in
// any order; what is not named must not be so:
//
//	client is CLOSED, ECONNRESET pending, shut rw, 3 unread
//	client is CLOSE_WAIT, FIN received, shut r
//	server is FIN_WAIT1, shut rw, orphan, owes FIN
//	server is CLOSED, shut rw, orphan, owes RST TCP_STATE
//
// "model darwin" on a line of its own chooses the other rules.
package trace
