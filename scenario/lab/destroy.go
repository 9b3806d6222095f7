package lab

import (
	"fmt"
	"net/netip"
)

// Destroy aborts the connection of exactly these addresses, local being the
// end whose socket is meant, as "ss -K" does (SOCK_DESTROY): a call on it gets
// ECONNABORTED, and in the states that have a peer one goes out that it is
// told by: a reset. The error is ENOENT where there is no such socket; a
// listener is never meant. It takes a kernel with INET_DIAG_DESTROY, otherwise
// the error is EOPNOTSUPP. It does not block.
func Destroy(local, remote netip.AddrPort) error {
	doing := fmt.Sprintf("destroy %v→%v", local, remote)
	if err := inside(doing); err != nil {
		return err
	}
	from, to, err := pair(local, remote)
	if err == nil {
		err = destroySocket(from, to)
	}
	if err != nil {
		return fmt.Errorf("lab: %s: %w", doing, err)
	}
	return nil
}
