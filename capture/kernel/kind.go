package kernel

// Kind says which event of the kernel a signal is.
type Kind uint8

// The kinds. Their names are those of the kernel's trace events, but for
// [Return], which is any socket call's.
const (
	SendReset    Kind = iota + 1 // an RST was sent
	ReceiveReset                 // tcp_reset() ran: an RST was accepted, or a socket gave itself up; no proof that one came
	ErrorReport                  // an error was put onto a socket; the next call takes it, if there is one
	SetState                     // a socket changed its state
	SendLength                   // a send on a socket returned
	RecvLength                   // a receive on a socket returned
	Retransmit                   // a segment was sent again
	Fork                         // a process, or a thread, was made
	Exit                         // a process, or a thread, ended
	Return                       // a system call on a socket returned
)

var kindNames = [...]string{"", "tcp_send_reset", "tcp_receive_reset", "inet_sk_error_report", "inet_sock_set_state",
	"sock_send_length", "sock_recv_length", "tcp_retransmit_skb", "sched_process_fork", "sched_process_exit", "sys_exit"}

// Kinds returns every kind, in order.
func Kinds() []Kind {
	list := make([]Kind, 0, len(kindNames)-1)
	for k := SendReset; k <= Return; k++ {
		list = append(list, k)
	}
	return list
}

// String returns the kernel's name of the event, or "" for an unknown kind.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return ""
	}
	return kindNames[k]
}

// ParseKind returns the kind that has a name.
func ParseKind(name string) (Kind, bool) {
	for i, n := range kindNames {
		if i > 0 && n == name {
			return Kind(i), true
		}
	}
	return 0, false
}
