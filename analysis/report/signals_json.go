package report

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/capture/kernel"
)

// jsonSignal is one thing that the kernel said.
type jsonSignal struct {
	ID      int     `json:"id"`
	Time    string  `json:"time"`
	Kind    string  `json:"kind"`
	Local   string  `json:"local,omitempty"`
	Remote  string  `json:"remote,omitempty"`
	State   string  `json:"state,omitempty"`
	Before  string  `json:"before,omitempty"`
	Reason  string  `json:"reason,omitempty"`
	Answers bool    `json:"answers,omitempty"`
	Seq     *uint32 `json:"seq,omitempty"`
	Error   string  `json:"error,omitempty"`
	N       int     `json:"n,omitempty"`
	Call    string  `json:"call,omitempty"`
	Start   string  `json:"start,omitempty"`
}

func jsonSignalOf(s *kernel.Signal) jsonSignal {
	j := jsonSignal{ID: s.ID, Time: stamp(s.Time), Kind: s.Kind.String(), Local: addressOf(s.Local), Remote: addressOf(s.Remote),
		State: s.State.String(), Before: s.Before.String(), Reason: s.Reason, Answers: s.Answers,
		Error: s.Errno, N: s.N, Call: s.Call, Start: stamp(s.Start)}
	if s.HasSeq {
		j.Seq = &s.Seq
	}
	return j
}

func addressOf(a netip.AddrPort) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
