// Package upload is a small protocol: the client sends "PUT", a space, and what it
// has; the server answers "ok" and closes. "HELLO" is answered likewise.
package upload

import (
	"context"
	"fmt"
	"io"
	"net"
)

// Serve answers connections one by one until the listener is closed.
func Serve(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		serve(conn)
	}
}

// serve has the fault: it does not know PUT, and closes with the rest unread.
func serve(conn net.Conn) {
	defer conn.Close()
	command := make([]byte, 5)
	if _, err := io.ReadFull(conn, command); err == nil && string(command) == "HELLO" {
		io.WriteString(conn, "ok")
	}
}

// Dial makes connections, as [net.Dialer.DialContext] does.
type Dial func(ctx context.Context, network, address string) (net.Conn, error)

// Ask sends a request and returns the answer.
func Ask(ctx context.Context, dial Dial, address, request string) (string, error) {
	conn, err := dial(ctx, "tcp", address)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		return "", fmt.Errorf("request: %w", err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		return "", fmt.Errorf("answer: %w", err)
	}
	return string(answer), nil
}
