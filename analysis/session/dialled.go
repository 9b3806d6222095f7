package session

import (
	"fmt"
	"net/netip"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/scenario"
)

// dialled says who dialled whom: "127.0.0.1:40000 → 127.0.0.1:80", with unknown
// for an end that nobody named, and "" where no call has an end.
func dialled(e analysis.Evidence) string {
	var client, server netip.AddrPort
	for _, ev := range e.Events {
		if ev.Op == scenario.OpListen || !ev.Remote.IsValid() {
			continue
		}
		from, to := ev.Local, ev.Remote
		if ev.Role != scenario.Client {
			from, to = to, from
		}
		if !client.IsValid() {
			client = from
		}
		if !server.IsValid() {
			server = to
		}
	}
	if !client.IsValid() && !server.IsValid() {
		return ""
	}
	return fmt.Sprintf("%s → %s", endName(client), endName(server))
}

func endName(a netip.AddrPort) string {
	if !a.IsValid() {
		return "unknown"
	}
	return a.String()
}
