package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// aLoad is a command that makes connections and prints how many µs each took.
type aLoad struct {
	name    string
	command []string
}

// loads lists those that this machine has the language for.
func loads(self, dir string, connections int) ([]aLoad, error) {
	n := strconv.Itoa(connections)
	list := []aLoad{{"Go", []string{self, "load", n}}}
	// The system's before that of a version manager, which a wrapper starts and
	// another user may not reach.
	python, err := exec.LookPath("/usr/bin/python3")
	if err != nil {
		python, err = exec.LookPath("python3")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "no python3: Go alone")
		return list, nil
	}
	file := filepath.Join(dir, "load.py")
	return append(list, aLoad{"Python", []string{python, file, n}}), os.WriteFile(file, []byte(pythonLoad), 0o644)
}

// load makes n connections, one after the other: each side writes once and reads
// once, the server closes first.
func load(n int) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	served := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err == nil {
				err = answer(c)
			}
			if err != nil {
				served <- err
				return
			}
		}
	}()
	begin := time.Now()
	for range n {
		if err := ask(l.Addr().String()); err != nil {
			return err
		}
	}
	took := time.Since(begin)
	l.Close()
	<-served
	_, err = fmt.Println(float64(took.Microseconds()) / float64(n))
	return err
}

func answer(c net.Conn) error {
	defer c.Close()
	if _, err := io.ReadFull(c, make([]byte, 4)); err != nil {
		return err
	}
	_, err := c.Write([]byte("pong"))
	return err
}

func ask(address string) error {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write([]byte("ping")); err != nil {
		return err
	}
	_, err = io.ReadAll(c)
	return err
}

const pythonLoad = `
import socket, sys, time
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(16)
n = int(sys.argv[1])
begin = time.monotonic()
for _ in range(n):
    client = socket.create_connection(listener.getsockname())
    server, _ = listener.accept()
    client.sendall(b"ping")
    server.recv(16)
    server.sendall(b"pong")
    server.close()
    while client.recv(16):
        pass
    client.close()
print((time.monotonic() - begin) * 1e6 / n)
`
