//go:build amd64 || arm64

package probe

import (
	"net/netip"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// handled receives while a handler of a signal makes a call of its own: the interpreter's
// writes one octet to a pipe (signal.set_wakeup_fd). Once it is known to be within the
// call, and then by its handler, three octets are sent to it.
const handled = `
import os, signal, socket, threading
server = socket.socket()
server.bind(("127.0.0.1", 0))
server.listen(1)
client = socket.create_connection(server.getsockname())
end, _ = server.accept()
r, w = os.pipe()
os.set_blocking(w, False)
signal.set_wakeup_fd(w)
signal.signal(signal.SIGUSR1, lambda *_: client.send(b"abc"))
main = threading.get_native_id()
def interrupt():
    begin = "%d %#x " % (RECVFROM, end.fileno())
    while not open("/proc/self/task/%d/syscall" % main).read().startswith(begin):
        pass
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
threading.Thread(target=interrupt).start()
assert end.recv(16) == b"abc"
assert os.read(r, 16) == bytes([signal.SIGUSR1])
print("%s:%d" % end.getsockname())
`

// TestCallInHandler: what a handler's call returns is not taken for what the call
// returns that it has interrupted.
func TestCallInHandler(t *testing.T) {
	p := hear(t, Options{Backend: "ebpf", Own: true, Calls: true})
	var number int
	for _, c := range socketCalls() {
		if c.name == "recvfrom" {
			number = c.number
		}
	}
	script := "RECVFROM = " + strconv.Itoa(number) + handled
	out, err := exec.Command("python3", "-c", script).Output()
	if err != nil {
		t.Skipf("needs python3 and /proc/PID/syscall: %v", err)
	}
	local, err := netip.ParseAddrPort(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	var received []kernel.Signal
	for _, s := range take(t, p) {
		if s.Kind == kernel.Return && s.Call == "recvfrom" && s.Local == local {
			received = append(received, s)
		}
	}
	if len(received) != 1 || received[0].N != 3 || received[0].Unfinished {
		t.Errorf("one recvfrom of 3 octets was told as %+v", received)
	}
}
