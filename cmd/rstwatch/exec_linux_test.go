package main

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// resets is a program for scripts: for each of its arguments but the last a server
// ends a connection so, and what the client's read said is printed. The last is
// the exit code.
func resets(args []string) int {
	for _, how := range args[:len(args)-1] {
		if err := reset(how); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 99
		}
	}
	code, err := strconv.Atoi(args[len(args)-1])
	if err != nil {
		return 99
	}
	return code
}

func reset(how string) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	defer client.Close()
	server, err := l.Accept()
	if err != nil {
		return err
	}
	if _, err := client.Write([]byte("ab")); err != nil {
		return err
	}
	octets := 2
	switch how {
	case "unread":
		octets = 1
	case "linger":
		if err := server.(*net.TCPConn).SetLinger(0); err != nil {
			return err
		}
	}
	if _, err := server.Read(make([]byte, octets)); err != nil {
		return err
	}
	server.Close()
	_, err = client.Read(make([]byte, 16))
	fmt.Printf("%s: %v\n", how, err)
	return nil
}

// tutorialsFolder is where the three classic programs are, whose text is not the
// project's to copy: the folder that RSTWATCH_TUTORIALS names, or one beside the
// project's.
func tutorialsFolder(t *testing.T) string {
	if folder := os.Getenv("RSTWATCH_TUTORIALS"); folder != "" {
		return folder
	}
	folder := filepath.Join("..", "..", "..", "shared", "tutorials")
	if _, err := os.Stat(folder); err != nil {
		t.Skip("needs the tutorial programs: RSTWATCH_TUTORIALS names their folder")
	}
	return folder
}

// TestTutorials runs them unmodified, as root and as an ordinary user.
func TestTutorials(t *testing.T) {
	folder := tutorialsFolder(t)
	program := needAble(t, "private")
	ordinary := conditionsFor(program)["setpriv"]()
	for name, want := range map[string][]string{
		"connection_reset":   {"client read ✗ ECONNRESET", "because  the server closed with 1 of 2 bytes unread", "TCP_ABORT_ON_CLOSE", "← #6"},
		"broken_pipe_first":  {"client write ✗ ECONNRESET", "because  the server closed with 1 of 2 bytes unread", "TCP_ABORT_ON_CLOSE", "← #6"},
		"broken_pipe_second": {"client write ✗ EPIPE", "because  the server closed with nothing unread", "TCP_TIMEWAIT_SOCKET", "← #9"},
	} {
		dir := t.TempDir()
		text, err := os.ReadFile(filepath.Join(folder, name+".go.txt"))
		if err != nil {
			t.Fatal(err)
		}
		source, binary := filepath.Join(dir, name+".go"), filepath.Join(dir, name)
		if err := os.WriteFile(source, text, 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("go", "build", "-o", binary, source).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if err := admitAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := admitAll(filepath.Dir(program), 0o755); err != nil {
			t.Fatal(err)
		}
		command := []string{program, "exec", "--", binary}
		tutorial(t, name, want, command)
		if ordinary {
			tutorial(t, name+" of an ordinary user", want, append([]string{"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"}, command...))
		}
	}
}

func tutorial(t *testing.T, name string, want, command []string) {
	t.Run(name, func(t *testing.T) {
		t.Parallel() // each sleeps for seconds, in a network of its own
		out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, text := range want {
			if !strings.Contains(string(out), text) {
				t.Errorf("no %q in\n%s", text, out)
			}
		}
	})
}
