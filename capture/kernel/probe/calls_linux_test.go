//go:build amd64 || arm64

package probe

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// calls are the returned calls of one name on a socket with this local address, in
// order.
func calls(list []kernel.Signal, name string, local string) (found []kernel.Signal) {
	for _, s := range list {
		if s.Kind == kernel.Return && s.Call == name && s.Local.String() == local {
			found = append(found, s)
		}
	}
	return found
}

// onSocket calls a function with a connection's descriptor.
func onSocket(t *testing.T, c *net.TCPConn, do func(fd int) error) {
	t.Helper()
	raw, err := c.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var failed error
	if err := raw.Control(func(fd uintptr) { failed = do(int(fd)) }); err != nil || failed != nil {
		t.Fatal(err, failed)
	}
}

// TestCalls: of each call is told what it asked for, on which socket, and what came
// of it.
func TestCalls(t *testing.T) {
	for _, of := range []struct {
		at   string
		lack Lack
	}{{"127.0.0.1:0", 0}, {"[::1]:0", 0}, {"127.0.0.1:0", NoCasts}, {"[::1]:0", NoCasts}} {
		t.Run(fmt.Sprintf("%s, lacking %d", of.at, of.lack), func(t *testing.T) {
			l, addr := listen(t, of.at)
			p := hear(t, Options{Backend: "ebpf", Own: true, Processes: []int{syscall.Getpid()}, Calls: true, Lack: of.lack})
			c, s := pair(t, l)
			client, server := c.LocalAddr().String(), addr.String()
			c.SetLinger(7)
			c.Write([]byte("abc"))
			onSocket(t, s, func(fd int) error {
				_, _, err := unix.Recvfrom(fd, make([]byte, 2), unix.MSG_PEEK)
				return err
			})
			onSocket(t, s, func(fd int) error {
				_, err := unix.Readv(fd, [][]byte{make([]byte, 1), make([]byte, 9)})
				return err
			})
			c.CloseWrite()
			onSocket(t, c, func(fd int) error {
				double, err := unix.Dup(fd)
				if err == nil {
					err = unix.Close(double)
				}
				return err
			})
			onSocket(t, c, func(fd int) error {
				_, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR)
				return err
			})
			c.Close()
			s.Close()
			replaced, _ := pair(t, l)
			onSocket(t, replaced, func(fd int) error { return unix.Dup3(0, fd, unix.O_CLOEXEC) })
			in, out := pair(t, l)
			in.Write([]byte("xy"))
			if n, err := io.Copy(in, io.LimitReader(out, 2)); n != 2 || err != nil { // through a pipe
				t.Fatal(n, err)
			}
			list := take(t, p)

			accepted := calls(list, "accept4", server)
			i := slices.IndexFunc(accepted, func(s kernel.Signal) bool { return s.Made != 0 && s.Remote.String() == client })
			if i < 0 {
				t.Fatalf("accept: %+v", accepted)
			}
			made := accepted[i].Made
			one := func(name, local string, right func(kernel.Signal) bool) kernel.Signal {
				t.Helper()
				found := calls(list, name, local)
				i := slices.IndexFunc(found, right)
				if i < 0 {
					t.Errorf("%s: %+v", name, found)
					return kernel.Signal{}
				}
				return found[i]
			}
			dialled := one("connect", client, func(s kernel.Signal) bool { return s.Remote == addr && s.Errno == "EINPROGRESS" })
			one("setsockopt", client, func(s kernel.Signal) bool { return s.HasValue && s.Value == 7 })
			one("write", client, func(s kernel.Signal) bool { return s.Asked == 3 && s.N == 3 && s.Socket == dialled.Socket })
			one("recvfrom", server, func(s kernel.Signal) bool { return s.Asked == 2 && s.N == 2 && s.Peeks && s.Socket == made })
			one("readv", server, func(s kernel.Signal) bool { return s.Asked == 10 && s.N == 3 && !s.Peeks })
			one("shutdown", client, func(s kernel.Signal) bool { return s.Asked == unix.SHUT_WR })
			one("getsockopt", client, func(s kernel.Signal) bool { return s.HasValue && s.Value == 0 })
			if closed := calls(list, "close", client); len(closed) != 2 || closed[0].Last || !closed[1].Last {
				t.Errorf("close: %+v", closed)
			}
			one("dup3", replaced.LocalAddr().String(), func(s kernel.Signal) bool { return s.Last })
			one("splice", out.LocalAddr().String(), func(s kernel.Signal) bool { return s.N == 2 && !s.Writes })
			one("splice", in.LocalAddr().String(), func(s kernel.Signal) bool { return s.N == 2 && s.Writes })
			if dialled.Socket == 0 || dialled.Socket == made {
				t.Errorf("the two sockets are %d and %d", dialled.Socket, made)
			}
		})
	}
}

// TestRefusedCall: a connect that fails leaves no address behind, and is told of
// with the one that it was for.
func TestRefusedCall(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	l.Close()
	p := hear(t, Options{Backend: "ebpf", Own: true, Processes: []int{syscall.Getpid()}, Calls: true})
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	if err := unix.Connect(fd, &unix.SockaddrInet4{Port: int(addr.Port()), Addr: addr.Addr().As4()}); !errors.Is(err, unix.ECONNREFUSED) {
		t.Fatal(err)
	}
	for _, s := range take(t, p) {
		if s.Kind == kernel.Return && s.Call == "connect" && s.Remote == addr && s.Errno == "ECONNREFUSED" && s.Socket != 0 {
			return
		}
	}
	t.Error("it was not told of")
}

// TestUnfinishedCall: of a thread that ends within a call that is told.
func TestUnfinishedCall(t *testing.T) {
	l, addr := listen(t, "127.0.0.1:0")
	p := hear(t, Options{Backend: "ebpf", Processes: []int{syscall.Getpid()}, Calls: true})
	c, _ := pair(t, l)
	onSocket(t, c, func(fd int) error { return unix.SetNonblock(fd, false) })
	f, err := c.File()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	child, err := os.StartProcess("/bin/cat", []string{"cat"}, &os.ProcAttr{Files: []*os.File{f, null, null}})
	if err != nil {
		t.Skipf("needs cat: %v", err)
	}
	await(t, child.Pid)
	child.Kill()
	child.Wait()
	for _, s := range take(t, p) {
		if s.Kind == kernel.Return && s.Unfinished && s.Call == "read" && s.PID == child.Pid && s.Remote == addr && s.Comm == "cat" {
			return
		}
	}
	t.Error("the read that it was killed in was not told of")
}

// await waits until a process is within read(2) of its standard input: before, its
// loader reads libraries by the same call, and may have to wait for the disk.
func await(t *testing.T, pid int) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); runtime.Gosched() {
		text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/syscall")
		if err != nil {
			t.Skipf("needs /proc/PID/syscall: %v", err)
		}
		if strings.HasPrefix(string(text), strconv.Itoa(unix.SYS_READ)+" 0x0 ") {
			return
		}
	}
	t.Fatal("it never read")
}
