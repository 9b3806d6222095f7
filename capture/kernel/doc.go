// Package kernel has the words of the third witness: what the kernel itself
// says about its sockets, as values. It opens nothing; [Signal]s come from
// capture/kernel/probe, or from a recording.
//
// A signal is one event of the kernel's own tracing: it sent an RST and says
// why (tcp_send_reset), it put an error onto a socket (inet_sk_error_report), a
// call on a socket returned (a system call's exit, sock_recv_length). Three
// things are known of such events, and who pairs them with segments and calls
// must mind them:
//
//   - The order of signals is not that of segments. On loopback the receiver
//     logs tcp_receive_reset before the sender logs the tcp_send_reset that
//     caused it: the RST was delivered within the call that sent it.
//   - The task is whoever had the CPU. In an event of the receiver that is
//     often the sender's.
//   - A socket that aborts reports an error of its own, which no call sees.
//
// So a signal is paired by socket or by addresses, never by order:
//
//	for _, s := range signals {
//		if s.Kind == kernel.SendReset && s.Local == rst.Src && s.Remote == rst.Dst {
//			fmt.Println(s.Reason) // TCP_ABORT_ON_CLOSE
//		}
//	}
package kernel
