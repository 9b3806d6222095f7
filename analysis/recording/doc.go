// Package recording turns runs into one pcapng file, and such a file back into
// runs.
//
// Every segment is an Enhanced Packet Block, with a comment if it belongs to
// the cause of an error. Every call is a systemd Journal Export Block at the
// time at which it returned; one that segments fell into has a second block
// where it began. So Wireshark lists calls and segments together, in the order
// in which they happened, and older readers skip what they do not know.
//
// Each run is a section. The comment of its header says what became of it, and
// a Name Resolution Block names the addresses that are one role's alone.
//
// A journal entry has a MESSAGE for a person and, a field a line, the call in
// full:
//
//	RSTWATCH_KIND      run, start, call or verdict
//	RSTWATCH_RUN       the number of the run that it belongs to
//	RSTWATCH_ID        the call's number within the run
//	RSTWATCH_CONN      the socket's number
//	RSTWATCH_ROLE      client, server or the scenario's own
//	RSTWATCH_OP        dial, accept, read, write, close, …
//	RSTWATCH_LOCAL, RSTWATCH_REMOTE       addresses with ports
//	RSTWATCH_START, RSTWATCH_END, RSTWATCH_DEADLINE   ns since the epoch
//	RSTWATCH_ASKED, RSTWATCH_N            bytes asked for, bytes done
//	RSTWATCH_FAULT     the errno's name, EOF, DEADLINE, CLOSED, …
//	RSTWATCH_ERROR     what the program was told
//	RSTWATCH_STATE     the TCP state that the kernel gave for the socket between
//	                   the call's end and RSTWATCH_STATE_AT (TCP_INFO)
//
// The entry of a run says RSTWATCH_SCENARIO, RSTWATCH_SUMMARY, RSTWATCH_FAMILY,
// RSTWATCH_SANDBOXED, RSTWATCH_HOST (system and release), RSTWATCH_MODEL,
// RSTWATCH_INTERFACE, RSTWATCH_BACKEND and RSTWATCH_DROPPED, and if there is
// something to say RSTWATCH_REPLAYED (true if it was not made when it was
// written: it is one that the program carries), RSTWATCH_WITNESS (of a program
// that is not ours: who saw its calls, kernel or ptrace), RSTWATCH_TROUBLE (what
// kept it from being whole) and RSTWATCH_DIFFERS (what came out other than expected); that of a verdict
// RSTWATCH_ID and RSTWATCH_REASON, and RSTWATCH_PROOF (what experiments showed
// of it, as JSON). Verdicts are for people: [Read] leaves them out but for the
// proofs, so that the model explains the evidence anew. [Redact] makes of a run one
// that can be given away.
package recording
