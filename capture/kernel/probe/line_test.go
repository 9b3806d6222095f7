package probe

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

const head = "           <...>-123     [000] b.... 12.000005: "

func TestLine(t *testing.T) {
	for text, want := range map[string]kernel.Signal{
		head + "tcp_send_reset: skbaddr=0000000000000000 skaddr=00000000a3f2 src=127.0.0.1:80 dest=127.0.0.1:1024 state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE": {
			Kind: kernel.SendReset, State: 7, Reason: "TCP_ABORT_ON_CLOSE",
			Local: netip.MustParseAddrPort("127.0.0.1:80"), Remote: netip.MustParseAddrPort("127.0.0.1:1024")},
		head + "tcp_send_reset: skbaddr=00000000a3f2 skaddr=0000000000000000 src=[::1]:80 dest=[::1]:1024 state=UNKNOWN": { // before 6.10
			Kind: kernel.SendReset, Answers: true,
			Local: netip.MustParseAddrPort("[::1]:80"), Remote: netip.MustParseAddrPort("[::1]:1024")},
		head + "inet_sk_error_report: family=AF_INET protocol=IPPROTO_TCP sport=1 dport=2 saddr=127.0.0.1 daddr=127.0.0.2 saddrv6=::ffff:127.0.0.1 daddrv6=::ffff:127.0.0.2 error=104": {
			Kind: kernel.ErrorReport, Errno: "ECONNRESET",
			Local: netip.MustParseAddrPort("127.0.0.1:1"), Remote: netip.MustParseAddrPort("127.0.0.2:2")},
		head + "inet_sock_set_state: family=AF_INET6 protocol=IPPROTO_TCP sport=1 dport=2 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=::1 daddrv6=::ffff:127.0.0.2 oldstate=TCP_SYN_SENT newstate=TCP_ESTABLISHED": {
			Kind: kernel.SetState, Before: 2, State: 1,
			Local: netip.MustParseAddrPort("[::1]:1"), Remote: netip.MustParseAddrPort("127.0.0.2:2")},
	} {
		want.Time, want.TID = time.Unix(100, 12_000_005_000).UTC(), 123
		got, lost, ok := known().line(text)
		if d := cmp.Diff(want, got, cmpopts.EquateComparable(netip.AddrPort{})); d != "" || !ok || lost != 0 {
			t.Errorf("%s\n%v, %d lost\n%s", text, ok, lost, d)
		}
	}
	if _, lost, ok := known().line("CPU:1 [LOST 12 EVENTS]"); !ok || lost != 12 {
		t.Errorf("12 lost events read as %d", lost)
	}
}

func TestLineRefuses(t *testing.T) {
	for _, text := range []string{
		"", "# tracer: nop", head, head + "tcp_send_reset: src=nowhere dest=127.0.0.1:1", head + "tcp_probe: src=127.0.0.1:1 dest=127.0.0.1:2",
		head + "inet_sock_set_state: family=AF_INET protocol=IPPROTO_SCTP sport=1 dport=2 saddr=127.0.0.1 daddr=127.0.0.2 oldstate=TCP_CLOSE newstate=TCP_LISTEN",
		// what a process calls itself, with a line feed in it
		"x-1 [0] . 1.000001: tcp_send_reset: src=127.0.0.1:80 dest=127.0.0.1:1",
	} {
		if s, lost, ok := known().line(text); ok {
			t.Errorf("%q read as %+v, %d lost", text, s, lost)
		}
	}
}

// FuzzLine: no text makes a signal without a kind, or one with words that are
// not the kernel's.
func FuzzLine(f *testing.F) {
	f.Add(head + "tcp_send_reset: skbaddr=0 skaddr=0 src=[::1]:80 dest=[fe80::1%eth0]:1 state=TCP_CLOSE reason=<b>")
	f.Add("CPU:1 [LOST 12 EVENTS]")
	f.Fuzz(func(t *testing.T, text string) {
		s, lost, ok := known().line(text)
		switch {
		case !ok || lost > 0:
		case s.Kind.String() == "" && text[:4] != "CPU:":
			t.Errorf("%q is of no kind", text)
		case s.Reason != "" && !kernel.IsName(s.Reason), s.Comm != "", s.Local.Addr().Is4In6(), s.Local.Addr().Zone() != "":
			t.Errorf("%q gave %+v", text, s)
		}
	})
}
