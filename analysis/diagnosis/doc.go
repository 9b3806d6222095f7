// Package diagnosis says of one connection, from its segments alone, how it
// ended and why, what its two programs see of that, whether a retry is safe, and
// what is left to measure.
//
// [Of] takes what a survey says of the connection and its segments, replays both
// ends through the model (analysis.Foresee), and puts what comes out beside what
// the wire shows: octets and acknowledgements, pauses, times to live, checksums,
// the heads of HTTP/1 messages. It guesses nothing. What the wire can not tell is
// a list of causes, with the measurement that would separate them, or stands
// among the things unknown.
//
//   - Frames that the capture has twice are dropped first (SEMANTICS.md §7).
//   - Why a RST was sent is what the survey says: one class in both places.
//   - Which of several RSTs ended the connection is the model's to say: the first
//     that its receiver believes, not the first that was captured.
//   - A sign of a forged RST is evidence, with its innocent explanation; several
//     independent ones, or one that nothing else explains, make a verdict.
//
// Nothing here opens a file or has a clock.
package diagnosis
