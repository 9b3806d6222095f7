// Package journal writes what a witness sees of a program's socket calls as
// events, whoever the witness is.
//
// Calls that do not block are told in the words of those that do. A connect(2)
// that is under way is one dial, which ends when the program learns of its outcome;
// a call that returned EAGAIN, or was interrupted, is not told at all. A socket that
// is closed under TCP_REPAIR vanishes.
//
// It is not for several goroutines at a time.
package journal
