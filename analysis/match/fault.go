package match

import (
	"fmt"

	"github.com/rstwatch/rstwatch/analysis/survey"
	"github.com/rstwatch/rstwatch/scenario"
)

// fitting is how well an ending explains the line's error.
type fitting uint8

const (
	contradicted fitting = iota // it gives other results
	open                        // the wire does not tell
	possible                    // it is one result of several, or a later call's
	foreseen                    // it is what the call returns
)

// faultWeight is what a fitting weighs.
var faultWeight = [...]int{contradicted: -15, open: 2, possible: 13, foreseen: 20}

// fits says how well side s of the connection explains that op failed with f.
func fits(c *survey.Connection, s int, op scenario.Op, f scenario.Fault) (fitting, string) {
	if f == "" {
		return open, ""
	}
	n := &c.Sides[s].Next
	level, why := aside(c, s, f)
	for _, call := range callsOf(n, op) {
		switch {
		case call.is.Surely(f):
			return foreseen, fmt.Sprintf("the %s's %s returns %s", survey.SideName(s), call.name, f)
		case call.is.Has(f):
			level, why = possible, fmt.Sprintf("the %s's %s may return %s", survey.SideName(s), call.name, f)
		}
	}
	if level < possible && n.GivesUp == f {
		return possible, fmt.Sprintf("what the %s sent stays unanswered to the capture's end: %s once its kernel gives up", survey.SideName(s), f)
	}
	return level, why
}

// aside looks for what the next calls do not return, but others may.
func aside(c *survey.Connection, s int, f scenario.Fault) (fitting, string) {
	n := &c.Sides[s].Next
	reset := n.Returns(scenario.ECONNRESET) && n.Dial == ""
	second := func(call string) string {
		return fmt.Sprintf("the %s's first call after the RST returns ECONNRESET, and a %s after that %s", survey.SideName(s), call, f)
	}
	switch f {
	case scenario.Deadline, scenario.Canceled, scenario.Other, scenario.ENOTCONN, "EINVAL":
		return open, "" // no segment tells of it
	case scenario.Closed:
		if c.Sides[s].FIN+c.Sides[s].RST > 0 {
			return possible, fmt.Sprintf("the %s had ended it itself", survey.SideName(s))
		}
		return open, ""
	case scenario.UnexpectedEOF:
		if n.Read.Has(scenario.EOF) {
			return possible, fmt.Sprintf("the %s's next read returns EOF", survey.SideName(s))
		}
		if reset {
			return possible, second("read")
		}
	case scenario.EOF:
		if reset {
			return possible, second("read")
		}
	case scenario.EPIPE:
		if reset {
			return possible, second("write")
		}
	}
	if n.Read == survey.Unknown || n.Write == survey.Unknown {
		return open, ""
	}
	return contradicted, fmt.Sprintf("nothing in the capture makes a call of the %s return %s", survey.SideName(s), f)
}

type call struct {
	name string
	is   survey.Results
}

// callsOf are the next calls that a line about op can speak of.
func callsOf(n *survey.Calls, op scenario.Op) []call {
	all := []call{{"dial", n.Dial}, {"next read", n.Read}, {"next write", n.Write}}
	switch {
	case op == scenario.OpDial, op == "" && n.Dial != "":
		return all[:1] // a connection that never was has no others
	case op == scenario.OpRead:
		return all[1:2]
	case op == scenario.OpWrite:
		return all[2:]
	}
	return all
}
