package scenario

// Disconnect ends the connection by connecting the socket to nothing
// (connect(2) with AF_UNSPEC), and records the call. On Linux that is an abort
// which leaves the socket unconnected (tcp_disconnect); elsewhere the error is
// [errors.ErrUnsupported], as XNU would refuse it (soconnectlock, EISCONN). It
// does not block.
func (c *Conn) Disconnect() error {
	return c.rec.call(c.sock.event(OpDisconnect), c.ask, func() error {
		raw, err := c.SyscallConn()
		if err != nil {
			return err
		}
		var failed error
		if err := raw.Control(func(fd uintptr) { failed = disconnect(int(fd)) }); err != nil {
			return err
		}
		return failed
	})
}

// Disconnect ends the connection, see [Conn.Disconnect].
func (p *Peer) Disconnect() { p.call(OpDisconnect, func() { p.conn.Disconnect() }) }
