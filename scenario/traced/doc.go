// Package traced runs any program and its children, unmodified, and records the
// calls that they make on TCP sockets as events.
//
// The witness is ptrace(2) with a seccomp(2) filter that stops the calls which can
// concern a socket and no others: all other calls run at full speed. The program
// keeps its output, its signals and its exit code. It runs as whoever runs this
// one, with no_new_privs set (prctl(2)), so that set-user-ID programs gain nothing.
//
// A program that uses it begins like this:
//
//	func main() {
//		if traced.Hook() { // this process is about to become the program
//			return
//		}
//		result, err := traced.Run(traced.Options{Args: []string{"curl", "http://localhost:8080"}})
//
// How calls become events, package journal says. With [Options.Untold] no call is
// stopped, because another witness tells of them; the process tree is followed all the
// same.
//
// There is no io_uring(7) for the program (ENOSYS), as on a kernel without it: its
// calls could not be seen.
//
// What it does not see: sockets in another network namespace, sockets that came
// from elsewhere (inherited, or through SCM_RIGHTS), and calls of 32-bit programs. It
// needs Linux 5.6.
package traced
