package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// role is the environment variable that makes this test binary play the
// program under test instead.
const role = "SANDBOX_TEST_ROLE"

func TestMain(m *testing.M) {
	if Hook() {
		return
	}
	if part := os.Getenv(role); part != "" {
		os.Exit(play(part))
	}
	os.Exit(m.Run())
}

// play is the main of the program under test.
func play(part string) int {
	if part == "give-up" {
		return giveUp()
	}
	if part == "probe" {
		return told(probed())
	}
	if part == "probe-stripped" {
		return told(errors.Join(refusePacketSockets(), probed()))
	}
	if !Inside() {
		return runChild()
	}
	switch part {
	case "exit":
		return 7
	case "die":
		// SIGKILL: the Go runtime turns the others into an exit of its own.
		return told(unix.Kill(os.Getpid(), unix.SIGKILL))
	case "write":
		return told(os.WriteFile(os.Args[1], nil, 0o600))
	case "signals":
		return countSignals()
	case "beside":
		return beside()
	case "nested":
		os.Setenv(role, "state")
		return runChild()
	}
	return told(printState())
}

func told(err error) int {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 3
	}
	return 0
}

func runChild() int {
	o := Options{UID: -1, GID: -1}
	if uid, gid, ok := Invoker(); ok {
		o.UID, o.GID = uid, gid
	}
	code, err := Run(o)
	if err != nil {
		return told(err)
	}
	return code
}

// state is what a process says about itself.
type state struct {
	UID, GID    int
	Groups      []int
	Permitted   uint64
	Net         uint64
	Args        []string
	IPv4, IPv6  bool
	Packet      string // the error of opening a packet socket
	SetuidRoot  bool   // root could be had
	Threads     int
	ThreadsUIDs []string
}

func printState() error {
	if err := Up(); err != nil {
		return err
	}
	s, err := observe()
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

func observe() (s state, err error) {
	s = state{UID: os.Getuid(), GID: os.Getgid(), Args: os.Args[1:]}
	if s.Groups, err = os.Getgroups(); err != nil {
		return s, err
	}
	if s.Net, err = netNamespace(); err != nil {
		return s, err
	}
	fields, err := statusOf("/proc/self/status")
	if err != nil {
		return s, err
	}
	if s.Permitted, err = strconv.ParseUint(fields["CapPrm"], 16, 64); err != nil {
		return s, err
	}
	s.IPv4, s.IPv6 = talks("127.0.0.1:0"), talks("[::1]:0")
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
	if err != nil {
		s.Packet = err.Error()
	} else {
		unix.Close(fd)
	}
	return s, nil
}

// talks reports whether an octet gets through over the address.
func talks(address string) bool {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return false
	}
	defer l.Close()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return false
	}
	defer c.Close()
	a, err := l.Accept()
	if err != nil {
		return false
	}
	defer a.Close()
	if _, err := c.Write([]byte("a")); err != nil {
		return false
	}
	n, err := a.Read(make([]byte, 1))
	return n == 1 && err == nil
}

// statusOf reads the fields of a /proc/…/status file.
func statusOf(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	fields := make(map[string]string)
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields, nil
}

// countSignals says its process id, then each signal it gets, and ends by
// SIGTERM with the number of the others, so that a test sees doubles.
func countSignals() int {
	got := make(chan os.Signal, 16)
	signal.Notify(got, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP, syscall.SIGTERM)
	fmt.Println("ready", os.Getpid())
	n := 0
	for s := range got {
		if s == syscall.SIGTERM {
			break
		}
		n++
		fmt.Println("got", s)
	}
	return 100 + n
}

// beside says on descriptor 3 which network namespace is its own, and ends by
// SIGTERM.
func beside() int {
	got := make(chan os.Signal, 1)
	signal.Notify(got, syscall.SIGTERM)
	inode, err := netNamespace()
	if err != nil {
		return told(err)
	}
	answer := os.NewFile(3, "answer")
	if _, err := fmt.Fprintln(answer, inode); err != nil {
		return told(err)
	}
	answer.Close()
	<-got
	fmt.Fprintln(os.Stderr, "ended by a signal")
	return 8
}

func giveUp() int {
	uid, gid, ok := Invoker()
	if !ok {
		return told(errors.New("nobody called sudo"))
	}
	if err := GiveUpRoot(uid, gid, Groups(uid, gid)); err != nil {
		return told(err)
	}
	s, err := observe()
	if err != nil {
		return told(err)
	}
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return told(err)
	}
	for _, task := range tasks {
		fields, err := statusOf("/proc/self/task/" + task.Name() + "/status")
		if err == nil { // a thread may have ended
			s.ThreadsUIDs = append(s.ThreadsUIDs, fields["Uid"])
		}
	}
	s.Threads = len(s.ThreadsUIDs)
	s.SetuidRoot = syscall.Setuid(0) == nil
	return told(json.NewEncoder(os.Stdout).Encode(s))
}

// refusePacketSockets makes every further socket(AF_PACKET) fail with EPERM,
// here and in the children, as a container's seccomp(2) profile does.
func refusePacketSockets() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	const number, family = 0, 16 // offsets in struct seccomp_data, little endian
	load := func(at uint32) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: at}
	}
	unlessSkip := func(value uint32, skip uint8) unix.SockFilter {
		return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: skip, K: value}
	}
	program := []unix.SockFilter{
		load(number), unlessSkip(unix.SYS_SOCKET, 3),
		load(family), unlessSkip(unix.AF_PACKET, 1),
		{Code: unix.BPF_RET, K: unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)},
		{Code: unix.BPF_RET, K: unix.SECCOMP_RET_ALLOW},
	}
	filter := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER,
		unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&filter)))
	if errno != 0 {
		return errno
	}
	return nil
}

func probed() error {
	r := Probe()
	for _, err := range []error{r.User, r.Net, r.Packet, r.Loopback} {
		fmt.Println(err == nil)
	}
	return r.Err()
}
