package traced

import (
	"fmt"
	"net"
	"os"
	"time"
)

// parts are the programs that are traced.
var parts = map[string]func() int{
	"exit":  func() int { return 7 },
	"reset": resets,
}

// resets is a server that closes with an octet unread, and its client, which
// waits for the reset in a read.
func resets() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 1
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		c, err := l.Accept()
		if err != nil {
			return
		}
		c.Read(make([]byte, 1))
		c.Close()
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return 1
	}
	c.Write([]byte("ab"))
	<-served
	c.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, err = c.Read(make([]byte, 16))
	fmt.Fprintln(os.Stderr, err)
	c.Close()
	l.Close()
	return 0
}
