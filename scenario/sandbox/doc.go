// Package sandbox runs this program again in a network of its own, and gives
// root up.
//
// A sandbox is one child process in a new user and a new network namespace
// (user_namespaces(7), network_namespaces(7)). It has the caller's user id,
// never more, and two capabilities that count in its own network only:
// CAP_NET_RAW to capture and CAP_NET_ADMIN to bring the loopback interface up
// and to filter. So an ordinary user captures without sudo, and nothing done
// inside can touch the host's network. A namespace is always a whole
// process's: a thread moved into one would leak into the rest of a Go program.
//
// A program that uses it begins like this:
//
//	func main() {
//		if sandbox.Hook() { // this process is a trial of Probe's
//			return
//		}
//		if !sandbox.Inside() {
//			code, err := sandbox.Run(sandbox.Options{UID: -1, GID: -1})
//			if err != nil {
//				log.Fatal(err)
//			}
//			os.Exit(code)
//		}
//		if err := sandbox.Up(); err != nil {
//			log.Fatal(err)
//		}
//		// 127.0.0.1 and ::1 are this process's own
//	}
//
// That a namespace can be made does not mean that it grants anything: some
// systems make it and strip its capabilities. [Probe] tries each step for
// real, and [ErrForbidden] and [ErrStripped] tell the two refusals apart.
//
// With root, [Invoker] says who called sudo and [GiveUpRoot] becomes that user
// for good. Sandboxes exist on Linux only; giving root up works on every Unix.
package sandbox
