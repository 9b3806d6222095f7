package analysis

// Proof is what experiments show of a verdict: what becomes of the call when the
// segment, or the call, that it blames is taken away, and what when that alone
// is put in its place.
type Proof struct {
	Necessary  Shown  // without the cause the call returns something else
	Sufficient Shown  // the cause alone, forged, gives the call the same error
	Excuse     string `json:",omitempty"` // why Sufficient is not testable
	Links      []LinkProof
	Trials     []Trial // those that Links speak of, in order of Number
	Doses      []Dose  // of an RST; none if none was tried
	Without    *Run    // what happens without the cause; nil if that was not tried
}

// Shown is what an experiment has shown.
type Shown string

// The findings.
const (
	Proven      Shown = "proven"
	Refuted     Shown = "refuted"
	NotTestable Shown = "not-testable"
)

// LinkProof is what is shown of one link of a verdict's chain: that From made To
// happen.
type LinkProof struct {
	From, To Link
	Finding  Shown
	Trials   []int  // numbers of those that show it
	Because  string // what they show, as a clause for a person, or why nothing can
}

// Trial is one performance of the scenario of which something was changed.
type Trial struct {
	Number int    // from 1, among those of the run
	What   string // "without #6"
	Result string // "read blocked until its deadline"
}

// Dose is a segment like the one that is blamed, with another sequence number,
// and what its receiver did with it.
type Dose struct {
	What   string // "one octet after it"
	Offset int    // of its sequence number from the next one that is expected
	Saw    Belief
	Model  Belief // what the rules say
	Rule   string // the row of the model
}

// Belief is what a socket does with a segment.
type Belief string

// What a socket may do with an RST (RFC 9293 §3.10.7, RFC 5961 §3.2).
const (
	Believed   Belief = "believed"
	Challenged Belief = "challenged" // answered with an ACK that asks for an exact one
	Ignored    Belief = "ignored"
)

// Refuted reports whether a link was refuted, or one of the two legs.
func (p *Proof) Refuted() bool {
	for _, l := range p.Links {
		if l.Finding == Refuted {
			return true
		}
	}
	return p.Necessary == Refuted || p.Sufficient == Refuted
}

// Whole reports whether all of it is proven.
func (p *Proof) Whole() bool {
	for _, l := range p.Links {
		if l.Finding != Proven {
			return false
		}
	}
	return p.Necessary == Proven && p.Sufficient == Proven
}

// Prove gives the verdicts their proofs, in order of both. An explanation whose
// proof fails is none: its verdict becomes unexplained.
func (x *Explanation) Prove(proofs []*Proof) {
	for i, p := range proofs {
		v := &x.Verdicts[i]
		v.Proof = p
		if p == nil || !p.Refuted() {
			continue
		}
		v.Outcome, v.Because = Unexplained, "an experiment refutes it: "+v.Because
		x.Outcome = Unexplained
	}
}
