//go:build amd64 || arm64

package traced

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// parts are the programs that are traced. Each returns its exit code.
var parts = map[string]func() int{
	"exit":    func() int { return 7 },
	"die":     func() int { return told(syscall.Kill(os.Getpid(), syscall.SIGKILL)) },
	"term":    awaitTerm,
	"reset":   resets,
	"refused": refused,
	"cancel":  cancels,
	"shut":    shutsBoth,
	"early4":  func() int { return resetsEarly("127.0.0.1:0") },
	"early6":  func() int { return resetsEarly("[::1]:0") },
	"peek":    peeksEnd,
	"leave":   leaves,
	"splice":  splices,
	"many":    many,
	"nested":  nested,
	"file":    sendsFile,
	"execs":   execs,
	"churn":   churn,
	"uring":   noUring,
	"refuses": func() int {
		if err := Probe(); !errors.Is(err, ErrRefused) {
			return told(fmt.Errorf("a program that is traced may trace: %w", err))
		}
		return 0
	},
	"unrest":  unrest,
	"lends":   lends,
	"borrows": borrows,
}

func told(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// both returns the two ends of a connection; no listener is left.
func both() (client, server *net.TCPConn, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return nil, nil, err
	}
	s, err := l.Accept()
	if err != nil {
		return nil, nil, err
	}
	return c.(*net.TCPConn), s.(*net.TCPConn), nil
}

// resets closes with an octet unread; the client reads.
func resets() int {
	c, s, err := both()
	if err != nil {
		return told(err)
	}
	c.Write([]byte("ab"))
	s.Read(make([]byte, 1))
	s.Close()
	c.Read(make([]byte, 16))
	c.Close()
	return 0
}

// refused dials where nobody listens.
func refused() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return told(err)
	}
	l.Close()
	if _, err := net.Dial("tcp", l.Addr().String()); err == nil {
		return 1
	}
	return 0
}

// cancels gives up a dial that nobody answers: the queue of the listener, which
// has room for one, is full.
func cancels() int {
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return told(err)
	}
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		return told(err)
	}
	syscall.Listen(fd, 0)
	name, err := syscall.Getsockname(fd)
	if err != nil {
		return told(err)
	}
	to := fmt.Sprintf("127.0.0.1:%d", name.(*syscall.SockaddrInet4).Port)
	for range 50 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		begun := false
		d := net.Dialer{Control: func(string, string, syscall.RawConn) error {
			begun = true
			return nil
		}}
		_, err := d.DialContext(ctx, "tcp", to)
		cancel()
		if err != nil && begun {
			return 0
		}
	}
	return 1
}

// leaves exits without closing anything.
func leaves() int {
	c, _, err := both()
	if err != nil {
		return told(err)
	}
	c.Write([]byte("ab"))
	return 0
}

// splices lets the kernel move octets from one connection to another.
func splices() int {
	in, middle, err := both()
	if err != nil {
		return told(err)
	}
	out, end, err := both()
	if err != nil {
		return told(err)
	}
	in.Write([]byte("abc"))
	in.Close()
	if n, err := io.Copy(out, middle); n != 3 || err != nil {
		fmt.Fprintln(os.Stderr, n, err)
		return 1
	}
	out.Close()
	b, err := io.ReadAll(end)
	if string(b) != "abc" {
		return 1
	}
	return told(err)
}

// sendsFile lets the kernel write a file to a connection, and then one that it
// can not send so.
func sendsFile() int {
	c, s, err := both()
	if err != nil {
		return told(err)
	}
	f, err := os.CreateTemp("", "traced")
	if err != nil {
		return told(err)
	}
	defer os.Remove(f.Name())
	f.WriteString("abc")
	f.Seek(0, io.SeekStart)
	if n, err := c.ReadFrom(f); n != 3 || err != nil {
		fmt.Fprintln(os.Stderr, n, err)
		return 1
	}
	proc, err := os.Open("/proc/self/comm")
	if err != nil {
		return told(err)
	}
	if _, err := c.ReadFrom(proc); err != nil {
		return told(err)
	}
	c.Close()
	_, err = io.ReadAll(s)
	s.Close()
	return told(err)
}

// nested tries to trace a program, which is traced already as this one is.
func nested() int {
	if _, err := Run(Options{Args: []string{"true"}, Env: []string{}}); !errors.Is(err, ErrRefused) {
		return told(fmt.Errorf("refused with %v", err))
	}
	return 0
}

// conversations is how many many holds.
const conversations = 200

// many holds conversations, eight at a time.
func many() int {
	failed := make(chan error)
	for range 8 {
		go func() {
			var err error
			for range conversations / 8 {
				if e := converse(); e != nil {
					err = e
				}
			}
			failed <- err
		}()
	}
	code := 0
	for range 8 {
		code |= told(<-failed)
	}
	return code
}

func converse() error {
	c, s, err := both()
	if err != nil {
		return err
	}
	if _, err := c.Write([]byte("ping")); err != nil {
		return err
	}
	if _, err := io.ReadFull(s, make([]byte, 4)); err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		return err
	}
	return c.Close()
}

// awaitTerm says that it is ready and ends by SIGTERM.
func awaitTerm() int {
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGTERM)
	fmt.Println("ready")
	<-got
	return 5
}

// noUring asks for what a traced program has not.
func noUring() int {
	if _, _, errno := syscall.Syscall(unix.SYS_IO_URING_SETUP, 1, 0, 0); errno != syscall.ENOSYS {
		return told(fmt.Errorf("io_uring_setup: %w", errno))
	}
	return 0
}
