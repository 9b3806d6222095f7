package lab_test

import (
	"errors"
	"fmt"
	"log"
	"net"
	"syscall"

	"github.com/rstwatch/rstwatch/scenario/lab"
)

// A reset that nobody sent ends a connection, for its number is the very one
// that the client expects next.
func Example() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()
	client := conn.(*net.TCPConn)

	raw, err := client.SyscallConn()
	if err != nil {
		log.Fatal(err)
	}
	numbers, err := lab.Sequence(raw)
	if err != nil {
		log.Fatal(err)
	}
	err = lab.Forge(lab.Forged{
		From:  client.RemoteAddr().(*net.TCPAddr).AddrPort(),
		To:    client.LocalAddr().(*net.TCPAddr).AddrPort(),
		Flags: lab.RST,
		Seq:   numbers.RcvNxt,
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.Read(make([]byte, 1))
	fmt.Println(errors.Is(err, syscall.ECONNRESET))
	// Output: true
}
