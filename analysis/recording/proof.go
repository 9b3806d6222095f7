package recording

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/rstwatch/rstwatch/analysis"
	"github.com/rstwatch/rstwatch/capture/file"
)

// proofName is the field of a verdict that has its proof, as JSON: the
// experiments can not be made anew when the recording is read. The performances
// that they were are left out.
const proofName = "RSTWATCH_PROOF"

// proofFields are what was shown of a verdict, none if nothing was.
func proofFields(p *analysis.Proof) []file.Field {
	if p == nil {
		return nil
	}
	alone := *p
	alone.Without = nil
	text, err := json.Marshal(&alone)
	if err != nil {
		return nil // of strings and numbers there is always a text
	}
	return []file.Field{word(proofName, string(text))}
}

// proof reads a proof back.
func proof(text string) (*analysis.Proof, error) {
	p := new(analysis.Proof)
	if err := json.Unmarshal([]byte(text), p); err != nil {
		return nil, fmt.Errorf("%s: %w", proofName, err)
	}
	found := []analysis.Shown{p.Necessary, p.Sufficient}
	for _, l := range p.Links {
		found = append(found, l.Finding)
	}
	known := []analysis.Shown{analysis.Proven, analysis.Refuted, analysis.NotTestable}
	for _, f := range found {
		if !slices.Contains(known, f) {
			return nil, fmt.Errorf("%s: no finding is called %q", proofName, f)
		}
	}
	p.Without = nil
	return p, nil
}

// proven gives the verdicts of a run, which has been explained, the proofs that
// the recording has of them.
func (l *loader) proven(r *analysis.Run) {
	proofs := make([]*analysis.Proof, len(r.Verdicts))
	for i, v := range r.Verdicts {
		proofs[i] = l.proofs[r][v.Event]
	}
	r.Prove(proofs)
}

// verdict takes what an entry says of a verdict that can not be found anew.
func (l *loader) verdict(f map[string]string) error {
	text, has := f[proofName]
	if !has {
		return nil
	}
	p, err := proof(text)
	if err != nil {
		return err
	}
	var event int
	if _, err := fmt.Sscanf(f["RSTWATCH_ID"], "%d", &event); err != nil {
		return fmt.Errorf("RSTWATCH_ID of a verdict: %w", err)
	}
	r := l.run()
	if l.proofs == nil {
		l.proofs = make(map[*analysis.Run]map[int]*analysis.Proof)
	}
	if l.proofs[r] == nil {
		l.proofs[r] = make(map[int]*analysis.Proof)
	}
	l.proofs[r][event] = p
	return nil
}
