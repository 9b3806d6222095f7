package report

import "github.com/rstwatch/rstwatch/analysis"

// jsonProof is what experiments showed of a verdict.
type jsonProof struct {
	Necessary  string          `json:"necessary"`
	Sufficient string          `json:"sufficient"`
	Links      []jsonLinkProof `json:"links"`
	Runs       int             `json:"runs"` // how many performances it took
	Trials     []jsonTrial     `json:"trials"`
	Doses      []jsonDose      `json:"doses,omitempty"`
}

type jsonLinkProof struct {
	From    *jsonLink `json:"from"`
	To      *jsonLink `json:"to"`
	Finding string    `json:"finding"`
	Trials  []int     `json:"trials"`
	Because string    `json:"because"`
}

type jsonTrial struct {
	Number int    `json:"number"`
	What   string `json:"what"`
	Result string `json:"result"`
}

type jsonDose struct {
	What   string `json:"what"`
	Offset int    `json:"offset"`
	Saw    string `json:"saw"`
	Model  string `json:"model"`
	Rule   string `json:"rule"`
}

func proofOf(p *analysis.Proof) *jsonProof {
	if p == nil {
		return nil
	}
	j := &jsonProof{Necessary: string(p.Necessary), Sufficient: string(p.Sufficient), Runs: len(p.Trials),
		Links: []jsonLinkProof{}, Trials: []jsonTrial{}}
	for _, l := range p.Links {
		j.Links = append(j.Links, jsonLinkProof{linkOf(l.From), linkOf(l.To), string(l.Finding), append([]int{}, l.Trials...), l.Because})
	}
	for _, t := range p.Trials {
		j.Trials = append(j.Trials, jsonTrial{t.Number, t.What, t.Result})
	}
	for _, d := range p.Doses {
		j.Doses = append(j.Doses, jsonDose{d.What, d.Offset, string(d.Saw), string(d.Model), d.Rule})
	}
	return j
}
