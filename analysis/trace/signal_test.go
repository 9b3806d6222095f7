package trace

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

const aborted = `heard ebpf whole from 0 to 0.1
client dial
server accept
client write "ab"
client > server PSH,ACK len 2
server > client ACK
server read 1
server close
server > client RST,ACK
`

// every is a signal that has every field.
var every = kernel.Signal{ID: 2, Kind: kernel.Return, Socket: 1<<63 + 5, Time: time.Unix(1, 5), Start: time.Unix(1, 3),
	Local: netip.MustParseAddrPort("[::1]:80"), Remote: netip.MustParseAddrPort("0.0.0.0:0"),
	State: 8, Before: 1, Reason: "LATER", Answers: true, Seq: 1005, HasSeq: true, Errno: "EPIPE", N: -3, Call: "accept4",
	FD: 7, PID: 10, TID: 11, Parent: 9, Comm: "\x1b[31m \"x\" #", Stack: []string{"tcp_disconnect", "__tcp_close"}}

// TestSignalsReadBack: what is printed of the kernel is read back as it was.
func TestSignalsReadBack(t *testing.T) {
	first, err := Read(aborted + "0.0095 kernel server > client tcp_send_reset reason TCP_ABORT_ON_CLOSE seq #6 state CLOSE")
	if err != nil {
		t.Fatal(err)
	}
	r := first[0]
	r.Evidence.Signals = append(r.Evidence.Signals, every, kernel.Signal{ID: 3, Time: time.Unix(1, 6), Kind: kernel.Fork, PID: 8})
	r.Evidence.Hearing.Lost, r.Evidence.Hearing.Without = 3, "no \"reason\"\n"
	var a, b strings.Builder
	if err := Print(&a, first); err != nil {
		t.Fatal(err)
	}
	again, err := Read(a.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, a.String())
	}
	got := again[0].Evidence
	sameTime := cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })
	if diff := cmp.Diff(r.Evidence.Hearing, got.Hearing, sameTime); diff != "" {
		t.Errorf("how it was heard (-first +read)\n%s", diff)
	}
	numbers := cmpopts.IgnoreFields(kernel.Signal{}, "Seq") // they are relative
	if diff := cmp.Diff(r.Evidence.Signals, got.Signals, sameTime, numbers, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" {
		t.Errorf("signals (-first +read)\n%s\n%s", diff, a.String())
	}
	if rst := got.Segments[5]; got.Signals[0].Seq != uint32(rst.Seq) {
		t.Errorf("the RST's number is %d, its signal's %d", rst.Seq, got.Signals[0].Seq)
	}
	if err := Print(&b, again); err != nil || a.String() != b.String() {
		t.Errorf("%v, printed again (-first +second)\n%s", err, cmp.Diff(a.String(), b.String()))
	}
	if v := again[0].Verdicts; len(v) > 0 && v[0].Outcome != analysis.Explained {
		t.Errorf("%+v", v)
	}
}

func TestWrongSignals(t *testing.T) {
	for _, line := range []string{
		"kernel", "kernel server > client", "kernel server client tcp_send_reset x", "kernel server > client tcp_probe",
		"kernel server > nobody tcp_send_reset", "kernel 1.2.3.4 > client tcp_send_reset",
		"kernel server > client tcp_send_reset seq #9", "kernel server > client tcp_send_reset seq x",
		`kernel server > client tcp_send_reset reason "A B"`, `kernel server > client tcp_send_reset stack "a,,b"`,
		"kernel server > client tcp_send_reset state OPEN", "kernel server > client tcp_send_reset state",
		"kernel server > client tcp_send_reset colour red", "kernel server > client tcp_send_reset start noon",
		"heard", "heard ebpf from", "heard ebpf lost some", "heard ebpf to noon", "heard ebpf loudly 3",
	} {
		if _, err := Read("client dial\nserver accept\n" + line); err == nil {
			t.Errorf("%q is taken", line)
		} else if !strings.Contains(err.Error(), "3") {
			t.Errorf("%q: %v, and not which line", line, err)
		}
	}
}
