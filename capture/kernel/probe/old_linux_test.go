//go:build amd64 || arm64

package probe

import (
	"slices"
	"testing"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// TestWithoutReason: before Linux 6.10 it is told from the kernel's stack why an RST
// was sent, and where the symbols are hidden, nothing but that it was.
func TestWithoutReason(t *testing.T) {
	for name, c := range map[string]struct {
		lack Lack
		want []string
	}{
		"stack":      {NoReasons, []string{"TCP_STATE"}},
		"no symbols": {NoReasons | NoSymbols, nil},
		"the kernel": {0, []string{"TCP_STATE"}},
	} {
		t.Run(name, func(t *testing.T) {
			l, addr := listen(t, "127.0.0.1:0")
			p := hear(t, Options{Backend: "ebpf", Own: true, Ports: []uint16{addr.Port()}, Lack: c.lack})
			if o := p.Offer(); o.Stacks != (name == "stack") || (o.Without() == "") != (name == "the kernel") {
				t.Skipf("needs Linux 6.10, and its symbols: this kernel offers %+v", o)
			}
			client, server := pair(t, l)
			server.SetLinger(0)
			server.Close()
			if _, err := client.Read(make([]byte, 1)); err == nil {
				t.Fatal("read gave no error")
			}
			sent := only(take(t, p), kernel.SendReset, addr)
			if len(sent) != 1 || !slices.Equal(kernel.Told(&sent[0]), c.want) || sent[0].Remote != port(client.LocalAddr()) {
				t.Errorf("the kernel says %+v, which is %q, not %q", sent, kernel.Told(&sent[0]), c.want)
			}
		})
	}
}
