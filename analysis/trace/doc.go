// Package trace reads and writes evidence as text: the calls of both
// applications and the segments between them, one a line, in the order in which
// they happened. A case of the model's tests, a recording printed for a person
// and a story that package story performs are written in it.
//
//	# a byte left unread turns close into an abort
//	client  dial
//	server  accept
//	client  write "ab"
//	client > server  PSH,ACK len 2
//	server > client  ACK
//	server  read 1               = 1
//	server  close
//	server > client  RST,ACK     reason TCP_ABORT_ON_CLOSE
//	client  read 16              = ECONNRESET <- RST,ACK
//
// # Lines
//
// A call is ROLE OP, where close-listener closes what listen opened, followed
// by what it asks for: octets, or for a write the text itself in quotes; the
// seconds of a set-linger; the bits of a poll, as HUP, RDHUP, IN or a number. After
// = stands what it returned: octets, ok, a fault, or both as in "5+ECONNRESET".
// Without = it succeeded in full. A call that ends in "..." has begun; a later
// line "ROLE ... = RESULT" is its return. "within 20ms" gives it a deadline,
// counted from its start, "deadline 0.020" one at that time.
//
// A segment is ROLE > ROLE FLAGS, followed by seq, ack, win and len where they
// are other than the next in sequence, everything acknowledged, 65535 and 0; and
// its options: mss 1460, wscale 7, sackok, ts VALUE/ECHO, sack LEFT:RIGHT, mptcp; ttl 64;
// fragment. Sequence numbers are relative to the sender's SYN, as in
// Wireshark; that of the RST,ACK that refuses a SYN is absolute, and 0. A dial
// that is complete in one line has the handshake put in, or the two segments of
// one that is refused.
//
// An ICMP error about what a role sent last is net > ROLE ICMP TYPE/CODE, or
// ICMP6, followed by from, to and about with addresses and a name, and seq, where
// they are others.
//
// The roles are client and server, and client.2 and server.2 of another
// connection. A # begins a comment, unless a digit follows it: #3 before a
// segment is its number.
//
// # Times
//
// Lines stand a millisecond apart and a call takes a tenth of that, unless a
// line begins with times in seconds: "0.001" or "0.001..0.002"; a call
// "0.001.." never returns. They count from "epoch 2006-01-02T15:04:05Z".
//
// # Recordings
//
// What [Print] writes has lines before the calls that say what was run, where,
// and by which model; and that declare every socket, so that its calls can be
// told from those of others: "socket 3 server 127.0.0.1:80 > 127.0.0.1:40000" is
// number 3, called server from there on, and "host NAME ADDRESS" an address
// without calls. A role that differs from the beginning of the name follows as
// "as ROLE". "FROM..TO lost 3" are frames that the capture lost. "heard ebpf whole from 0 to 0.1" says
// how far the kernel was heard, with "lost 3" signals and "without TEXT" for what
// it does not tell; "heard -" that it was not. What it said is "kernel LOCAL >
// REMOTE EVENT", such as "kernel server > client tcp_send_reset reason TCP_STATE
// seq #6", where #6 is the segment that has the same number. What is not made of
// letters and digits stands in quotes, as in Go. A line "run …" begins
// the next run.
//
// # Expectations
//
// What the model is to say of a line follows: several results after =, joined
// by |, are all that it may predict, the first being what was returned, and a ?
// among them says that it does not predict that one; "state ESTABLISHED by 0.001"
// is what the kernel said of the socket between the call's return and that time; "<- FLAGS" is the segment
// that caused it, the last to that side with these
// flags, "<- #3" the one of that number, and "<- none" says that no segment did; "rule NAME" the row
// that decided, for a segment the last that applied to it, or "none"; "reason
// NAME" why an RST was sent;
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
