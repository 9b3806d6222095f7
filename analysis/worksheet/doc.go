// Package worksheet makes exercises of runs: for students blind traces and a
// sheet of questions, for the teacher the key.
//
//	student/questions.md   the calls of each run without their results, and what to find out
//	student/trace-1.pcap   its segments, and nothing else
//	teacher/key.md         the results, which segment it was, why it was sent, and where that is written
//	teacher/trace-1.pcapng the recording, with calls and comments
//
// What students get is made of the run as it is redacted ([recording.Redact]):
// no name of a scenario is in it, no payload, no error and no reason. Packets are
// numbered as Wireshark numbers them.
//
// Nothing here opens a file: the caller writes what [Make] returns.
package worksheet
