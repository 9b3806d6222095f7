package report

import (
	"net/netip"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/kernel"
)

// jsonHearing says how far the kernel was heard.
type jsonHearing struct {
	Backend string `json:"backend,omitempty"`
	Whole   bool   `json:"whole"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
	Lost    uint64 `json:"lost"`
	Without string `json:"without,omitempty"`
}

func jsonHearingOf(h *analysis.Hearing) *jsonHearing {
	if *h == (analysis.Hearing{}) {
		return nil
	}
	return &jsonHearing{h.Backend, h.Whole, stamp(h.From), stamp(h.To), h.Lost, h.Without}
}

// jsonFinding is where the witnesses contradict each other.
type jsonFinding struct {
	Segment int    `json:"segment"`
	Because string `json:"because"`
}

// jsonSignal is one thing that the kernel said.
type jsonSignal struct {
	ID      int      `json:"id"`
	Time    string   `json:"time"`
	Kind    string   `json:"kind"`
	Local   string   `json:"local,omitempty"`
	Remote  string   `json:"remote,omitempty"`
	State   string   `json:"state,omitempty"`
	Before  string   `json:"before,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Stack   []string `json:"stack,omitempty"`
	Answers bool     `json:"answers,omitempty"`
	Seq     *uint32  `json:"seq,omitempty"`
	Error   string   `json:"error,omitempty"`
	N       int      `json:"n,omitempty"`
	Call    string   `json:"call,omitempty"`
	Start   string   `json:"start,omitempty"`
}

func jsonSignalOf(s *kernel.Signal) jsonSignal {
	j := jsonSignal{ID: s.ID, Time: stamp(s.Time), Kind: s.Kind.String(), Local: addressOf(s.Local), Remote: addressOf(s.Remote),
		State: s.State.String(), Before: s.Before.String(), Reason: s.Reason, Stack: s.Stack, Answers: s.Answers,
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
