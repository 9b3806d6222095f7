package scenario

import "net/netip"

// hasBucket reports whether the kernel keeps a connection in TIME_WAIT: then it
// has taken the connection from its socket, which is CLOSED from there on, also
// for those who have it open, and put a bucket in its place (tcp_time_wait).
func hasBucket(local, remote netip.AddrPort) bool {
	d, err := openDiag()
	if err != nil {
		return false
	}
	defer d.close()
	state, err := d.ask(local, remote)
	return err == nil && state == stateTimeWait
}
