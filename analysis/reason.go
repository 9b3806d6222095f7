package analysis

// Reason says why an RST was sent, in the words of Linux's enum sk_rst_reason
// (include/net/rstreason.h).
type Reason string

// The reasons that the model infers. NO_SOCKET, TCP_FLAGS,
// TCP_TIMEWAIT_SOCKET and TCP_ABORT_ON_DATA look the same on the wire; the
// calls of the side that sent the RST tell them apart.
const (
	NoSocket         Reason = "NO_SOCKET"             // no socket and no listener had the segment's addresses
	TCPFlags         Reason = "TCP_FLAGS"             // a listener got a segment with ACK
	TimeWaitSocket   Reason = "TCP_TIMEWAIT_SOCKET"   // data for a socket closed before, its FIN acknowledged
	AbortOnData      Reason = "TCP_ABORT_ON_DATA"     // data for a socket that will not read any more
	AbortOnClose     Reason = "TCP_ABORT_ON_CLOSE"    // closed with data unread
	TCPState         Reason = "TCP_STATE"             // closed with SO_LINGER 0, or the listener with it in its queue
	KeepaliveTimeout Reason = "TCP_KEEPALIVE_TIMEOUT" // keep-alive probes stayed unanswered
	InvalidSYN       Reason = "INVALID_SYN"           // the third ACK was refused, the accept queue being full
	InvalidAck       Reason = "TCP_INVALID_ACK_SEQUENCE"
	// DisconnectWithData: aborted after both sides' FIN, the own one held back
	// behind data that the peer's window has no room for.
	DisconnectWithData Reason = "TCP_DISCONNECT_WITH_DATA"
)

// passiveReasons is the class of reasons that the wire can not separate: what
// answers a segment looks the same, whoever answers (SEMANTICS.md §5.2).
func passiveReasons() []Reason {
	return []Reason{NoSocket, TCPFlags, TimeWaitSocket, AbortOnData, InvalidSYN}
}
