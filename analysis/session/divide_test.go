package session

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/rstwatch/rstwatch/capture"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// TestDivide: each connection gets what the kernel said of it, in order, also of a
// socket before it had a port and of an answer that names no peer.
func TestDivide(t *testing.T) {
	at := netip.MustParseAddrPort
	server, one, two, nobody := at("127.0.0.1:80"), at("127.0.0.1:1001"), at("127.0.0.1:1002"), at("0.0.0.0:0")
	all := []kernel.Signal{
		{Kind: kernel.SetState, Socket: 1, Local: at("127.0.0.1:0"), Remote: server},
		{Kind: kernel.SetState, Socket: 2, Local: at("127.0.0.1:0"), Remote: server},
		{Kind: kernel.SetState, Socket: 2, Local: two, Remote: server},
		{Kind: kernel.SendReset, Local: server, Remote: nobody, Answers: true},
		{Kind: kernel.SetState, Socket: 1, Local: one, Remote: server},
		{Kind: kernel.SendReset, Local: server, Remote: two, Answers: true},
		{Kind: kernel.SetState, Socket: 9, Local: at("127.0.0.1:0"), Remote: at("127.0.0.1:81")},
	}
	of := divide(all)
	for client, want := range map[netip.AddrPort][]int{one: {0, 3, 4}, two: {1, 2, 3, 5}, at("127.0.0.1:1003"): {3}} {
		segments := []capture.Segment{{Src: client, Dst: server}, {Src: server, Dst: client}}
		var list []kernel.Signal
		for n, i := range want {
			s := all[i]
			s.ID = n + 1
			list = append(list, s)
		}
		got := of(segments)
		if diff := cmp.Diff(list, got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Errorf("%v (-want +got)\n%s", client, diff)
		}
		if diff := cmp.Diff(about(all, segments), got, cmpopts.EquateComparable(netip.AddrPort{})); diff != "" {
			t.Errorf("%v: looked through whole (-) and divided (+)\n%s", client, diff)
		}
	}
	if got := of(nil); got != nil {
		t.Errorf("of nothing: %+v", got)
	}
}
