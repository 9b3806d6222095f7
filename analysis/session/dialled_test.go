package session

import (
	"net/netip"
	"testing"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

func TestDialled(t *testing.T) {
	var (
		client = netip.MustParseAddrPort("127.0.0.1:40000")
		server = netip.MustParseAddrPort("127.0.0.1:80")
		listen = scenario.Event{Op: scenario.OpListen, Role: scenario.Server, Local: server}
		failed = scenario.Event{Op: scenario.OpDial, Role: scenario.Client, Remote: server}
		dial   = scenario.Event{Op: scenario.OpDial, Role: scenario.Client, Local: client, Remote: server}
		accept = scenario.Event{Op: scenario.OpAccept, Role: scenario.Server, Local: server, Remote: client}
	)
	for want, events := range map[string][]scenario.Event{
		"":                               {listen},
		"unknown → 127.0.0.1:80":         {listen, failed},
		"127.0.0.1:40000 → 127.0.0.1:80": {failed, dial},
	} {
		if got := dialled(analysis.Evidence{Events: events}); got != want {
			t.Errorf("%q, not %q", got, want)
		}
	}
	if got := dialled(analysis.Evidence{Events: []scenario.Event{accept}}); got != "127.0.0.1:40000 → 127.0.0.1:80" {
		t.Errorf("of an accept %q", got)
	}
}
