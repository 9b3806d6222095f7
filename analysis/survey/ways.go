package survey

import "slices"

// connState is conn_state of Zeek as a number: its place in connStates.
type connState uint8

// The states that a connection's end is told by.
const (
	stateREJ connState = iota
	stateRSTRH
	stateRSTR
	stateRSTO
	stateRSTOS0
	stateOTH
	stateSF
	stateSH
	stateS2
	stateSHR
	stateS3
	stateS0
	stateS1
	connStateCount
)

var connStates = [connStateCount]string{"REJ", "RSTRH", "RSTR", "RSTO", "RSTOS0", "OTH", "SF", "SH", "S2", "SHR", "S3", "S0", "S1"}

// endingKind is an [Ending] as a number: its place in [Endings].
type endingKind uint8

const (
	endClosed endingKind = iota
	endHalfClosed
	endWasReset
	endRefused
	endUnanswered
	endOpen
	endingKinds
)

// ways counts the connections that ended in each way.
type ways [connStateCount][endingKinds]uint64

// note counts a connection by what is said of it.
func (w *ways) note(state string, ending Ending) {
	w[slices.Index(connStates[:], state)][slices.Index(Endings(), ending)]++
}

// by returns the counts by ending and by state.
func (w *ways) by() (byEnding map[Ending]uint64, byState map[string]uint64) {
	byEnding, byState = make(map[Ending]uint64), make(map[string]uint64)
	for state, counts := range w {
		for ending, n := range counts {
			if n > 0 {
				byEnding[Endings()[ending]] += n
				byState[connStates[state]] += n
			}
		}
	}
	return byEnding, byState
}
