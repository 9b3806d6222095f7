package kernel

import "slices"

// reasons are the names of enum sk_rst_reason (include/net/rstreason.h, Linux
// 6.18) without their prefix. A running kernel's own numbers are read from its
// BTF: they have changed.
var reasons = [...]string{
	"NOT_SPECIFIED", "NO_SOCKET", "TCP_INVALID_ACK_SEQUENCE", "TCP_RFC7323_PAWS", "TCP_TOO_OLD_ACK", "TCP_ACK_UNSENT_DATA",
	"TCP_FLAGS", "TCP_OLD_ACK", "TCP_ABORT_ON_DATA", "TCP_TIMEWAIT_SOCKET", "INVALID_SYN", "TCP_ABORT_ON_CLOSE",
	"TCP_ABORT_ON_LINGER", "TCP_ABORT_ON_MEMORY", "TCP_STATE", "TCP_KEEPALIVE_TIMEOUT", "TCP_DISCONNECT_WITH_DATA",
	"MPTCP_RST_EUNSPEC", "MPTCP_RST_EMPTCP", "MPTCP_RST_ERESOURCE", "MPTCP_RST_EPROHIBIT", "MPTCP_RST_EWQ2BIG",
	"MPTCP_RST_EBADPERF", "MPTCP_RST_EMIDDLEBOX", "ERROR",
}

// KnownReason reports whether a name is one that a kernel gives as the reason of
// an RST, and not a word that somebody else has put there.
func KnownReason(name string) bool { return slices.Contains(reasons[:], name) }

// IsName reports whether text can be a name of the kernel's: a reason, an errno
// or a system call, known or not. Other text has come from elsewhere.
func IsName(text string) bool {
	if text == "" || len(text) > 64 {
		return false
	}
	for _, c := range []byte(text) {
		if (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}
